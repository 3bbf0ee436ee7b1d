"""How each tool counts, as one table: what a module of each class adds to its number.

The rules are read from the tools' sources (torchinfo's ``layer_info.py`` and ``model_statistics.py``, torchsummary's
``torchsummary.py``, thop's ``vision/basic_hooks.py``, ptflops' ``pytorch_ops.py`` and ``aten_ops.py``, fvcore's
``nn/jit_handles.py``), and the tests hold them against the tools.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from explorer.network.config import ResNetConfig
from explorer.network.counting.measures import (
    Measure,
    at_each_position,
    both,
    image_bytes,
    macs,
    macs_and_biases,
    nothing,
    params,
    read_by_two_averages,
    read_values,
    saved,
    statistics,
    times,
    values,
)
from explorer.network.layer import BYTES_PER_VALUE


class Unit(StrEnum):
    """What is counted. Both kinds of sizes are printed as "MB"."""

    PARAMETERS = "parameters"
    MACS = "MACs"
    FLOPS = "FLOPs"
    MB = "MB of 10⁶ bytes"
    MIB = "MB of 2²⁰ bytes"

    @property
    def is_size(self) -> bool:
        """Whether it is bytes."""
        return self in (Unit.MB, Unit.MIB)


_WEIGHTED = ("Conv2d", "Linear")
_NORMS = ("BatchNorm2d", "GroupNorm")
_ACTIVATIONS = ("ReLU", "LeakyReLU", "GELU", "Sigmoid", "Tanh")
_POOLS = ("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d")
_OTHERS = ("ZeroPad", "BlurPool", "Dropout", "Scale")
_SHAPES = ("Identity", "container")  # modules that compute nothing themselves and have an output
_ALL = (*_WEIGHTED, *_NORMS, *_ACTIVATIONS, *_POOLS, *_OTHERS, *_SHAPES)


def _of(measure: Measure, *classes: str) -> Mapping[str, Measure]:
    """The same measure for all of these classes."""
    return dict.fromkeys(classes, measure)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one or several tools count.

    ``prints`` holds the tools, each with the words it prints the number under. ``of`` says what a module of each class
    adds; other classes add nothing. ``once`` is what is added once a network. Sizes are in bytes.
    """

    prints: Mapping[str, str]
    unit: Unit
    sentence: str
    of: Mapping[str, Measure]
    once: Callable[[ResNetConfig], int] = nothing


_PARAMETER_BYTES = times(BYTES_PER_VALUE, params)
_FOR_GRADIENTS = times(2 * BYTES_PER_VALUE, values)
_WITH_STATISTICS = both(params, statistics)

RULES: tuple[Rule, ...] = (
    Rule(
        {
            "PyTorch": "sum of numel()",
            "torchinfo": "Total params",
            "ptflops": "Number of parameters",
            "fvcore": "parameter_count",
            "torchvision": "Params",
            "Keras": "Trainable params",
        },
        Unit.PARAMETERS,
        "Every value that is learned. Running means and variances of norms are not learned and do not count.",
        _of(params, *_ALL),
    ),
    Rule(
        {"torchsummary": "Total params"},
        Unit.PARAMETERS,
        "The weight and the bias of each module; a parameter of another name, such as a learned scalar, is not seen.",
        _of(params, *_WEIGHTED, *_NORMS),
    ),
    Rule(
        {"thop": "params"},
        Unit.PARAMETERS,
        "What is learned by the modules that it has a rule for: group norms and learned scalars are left out.",
        _of(params, *_WEIGHTED, "BatchNorm2d"),
    ),
    Rule(
        {"Keras": "Total params"},
        Unit.PARAMETERS,
        "The learned values and the running means and variances of batch norms: Keras keeps both as weights.",
        _of(_WITH_STATISTICS, *_ALL),
    ),
    Rule(
        {"Keras": "Non-trainable params"},
        Unit.PARAMETERS,
        "The running means and variances of batch norms. PyTorch's batch counters do not exist in Keras.",
        _of(statistics, *_NORMS),
    ),
    Rule(
        {"ResNet Explorer": "MACs", "He et al. 2015": "FLOPs", "torchvision": "GFLOPS"},
        Unit.MACS,
        "Multiply-adds of convolutions and the classifier, without biases or anything else.",
        _of(macs, *_WEIGHTED),
    ),
    Rule(
        {"PyTorch": "FlopCounterMode"},
        Unit.FLOPS,
        "Two for each multiply-add of convolutions and the classifier, without biases or anything else.",
        _of(times(2, macs), *_WEIGHTED),
    ),
    Rule(
        {"torchinfo": "Total mult-adds"},
        Unit.MACS,
        "A convolution's weights and bias once at each position of its output; the classifier's and each norm's once.",
        {"Conv2d": at_each_position, **_of(params, "Linear", *_NORMS)},
    ),
    Rule(
        {"thop": "macs"},
        Unit.MACS,
        "Multiply-adds without biases, four for each value that passes a batch norm (none for a group norm), one for "
        "each output of an average pool, and in a global one for each of its inputs, too.",
        {
            **_of(macs, *_WEIGHTED),
            "BatchNorm2d": times(4, values),
            "AvgPool2d": values,
            "AdaptiveAvgPool2d": both(read_values, values),
        },
    ),
    Rule(
        {"ptflops": "Computational complexity"},
        Unit.MACS,
        "Multiply-adds with biases, two for each value that passes a norm; ReLU, GELU and pools count twice for each "
        "value, at the module and at the function that it calls, leaky ReLU and averages of a blur once, sigmoid and "
        "tanh not at all.",
        {
            **_of(macs_and_biases, *_WEIGHTED),
            **_of(times(2, values), *_NORMS, "ReLU", "GELU"),
            "LeakyReLU": values,
            **_of(times(2, read_values), *_POOLS),
            "BlurPool": read_by_two_averages,
        },
    ),
    Rule(
        {"ptflops": "Computational complexity, count_functional=False"},
        Unit.MACS,
        "Multiply-adds with biases, two for each value that passes a norm, one for each value of a ReLU, leaky ReLU or "
        "GELU and for each value that a pool reads.",
        {
            **_of(macs_and_biases, *_WEIGHTED),
            **_of(times(2, values), *_NORMS),
            **_of(values, "ReLU", "LeakyReLU", "GELU"),
            **_of(read_values, *_POOLS),
        },
    ),
    Rule(
        {"ptflops": "Computational complexity, backend aten"},
        Unit.MACS,
        "Multiply-adds of convolutions and the classifier, and one for each value that a bias is added to.",
        _of(macs_and_biases, *_WEIGHTED),
    ),
    Rule(
        {"fvcore": "flops in evaluation mode"},
        Unit.MACS,
        "Multiply-adds, which it calls flops, without biases; two for each value that passes a batch norm, five "
        "for a group norm, one for each value that a global pool reads.",
        {
            **_of(macs, *_WEIGHTED),
            "BatchNorm2d": times(2, values),
            "GroupNorm": times(5, values),
            "AdaptiveAvgPool2d": read_values,
        },
    ),
    Rule(
        {"fvcore": "flops in training mode"},
        Unit.MACS,
        "As in evaluation mode, but five for each value that passes a batch norm. A new network is in training mode.",
        {**_of(macs, *_WEIGHTED), **_of(times(5, values), *_NORMS), "AdaptiveAvgPool2d": read_values},
    ),
    Rule(
        {"torchinfo": "Forward/backward pass size"},
        Unit.MB,
        "Outputs of the layers that have parameters, twice for the gradients, 4 bytes a value; MB are 10⁶ bytes.",
        _of(_FOR_GRADIENTS, *_WEIGHTED, *_NORMS, "Scale"),
    ),
    Rule(
        {"torchsummary": "Forward/backward pass size"},
        Unit.MIB,
        "Outputs of all modules, twice for the gradients, 4 bytes a value; a block is a module, too, so its output "
        "counts again, and the sum is none. MB are 2²⁰ bytes.",
        _of(_FOR_GRADIENTS, *_ALL),
    ),
    Rule(
        {"torchinfo": "Params size"},
        Unit.MB,
        "The parameters, 4 bytes each; MB are 10⁶ bytes.",
        _of(_PARAMETER_BYTES, *_ALL),
    ),
    Rule(
        {"torchsummary": "Params size"},
        Unit.MIB,
        "The parameters that it sees, 4 bytes each; MB are 2²⁰ bytes.",
        _of(_PARAMETER_BYTES, *_WEIGHTED, *_NORMS),
    ),
    Rule(
        {"Keras": "Total params, size"},
        Unit.MIB,
        "The parameters and the statistics of batch norms, 4 bytes each; MB are 2²⁰ bytes.",
        _of(times(BYTES_PER_VALUE, _WITH_STATISTICS), *_ALL),
    ),
    Rule(
        {"PyTorch": "saved state_dict, about"},
        Unit.MIB,
        "Parameters and statistics, 4 bytes each, batch counters, 8 bytes each, and about 300 bytes a tensor for its "
        "name and padding; MB are 2²⁰ bytes.",
        _of(saved, *_ALL),
    ),
    Rule(
        {"torchinfo": "Estimated Total Size"},
        Unit.MB,
        "The image, the forward/backward pass and the parameters; MB are 10⁶ bytes.",
        _of(both(_FOR_GRADIENTS, _PARAMETER_BYTES), *_WEIGHTED, *_NORMS, "Scale"),
        once=image_bytes,
    ),
    Rule(
        {"torchsummary": "Estimated Total Size"},
        Unit.MIB,
        "The image, the forward/backward pass and the parameters; MB are 2²⁰ bytes.",
        {**_of(_FOR_GRADIENTS, *_ALL), **_of(both(_FOR_GRADIENTS, _PARAMETER_BYTES), *_WEIGHTED, *_NORMS)},
        once=image_bytes,
    ),
)
