"""How each tool counts, as one table: what a module of each class adds to its number.

The rules are read from the tools' sources (torchinfo's ``layer_info.py`` and ``model_statistics.py``, torchsummary's
``torchsummary.py``, thop's ``vision/basic_hooks.py``, ptflops' ``pytorch_ops.py`` and ``aten_ops.py``, fvcore's
``nn/jit_handles.py``), and the tests hold them against the tools.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import prod

from explorer.network.config import ResNetConfig
from explorer.network.layer import BYTES_PER_VALUE, Kind, Layer

Measure = Callable[[Layer], int]


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


def _values(layer: Layer) -> int:
    """Values of the layer's output for one image."""
    return prod(layer.output_shape)


def _read(layer: Layer) -> int:
    """Values of the layer's input for one image."""
    return prod(layer.input_shape)


def _params(layer: Layer) -> int:
    return layer.params


def _macs(layer: Layer) -> int:
    return layer.macs


def _macs_and_biases(layer: Layer) -> int:
    return layer.macs + (_values(layer) if layer.bias else 0)


def _at_each_position(layer: Layer) -> int:
    """Weights and biases, each used once at every position of the output."""
    return layer.params * layer.output_shape[1] * layer.output_shape[2]


def _statistics(layer: Layer) -> int:
    """Running means and variances: the buffers without the batch counter."""
    return layer.buffers - 1 if layer.buffers else 0


def _saved(layer: Layer) -> int:
    """Bytes in a saved file: 4 a value, 8 for the batch counter, and about 300 a tensor for its name and padding."""
    tensors = 5 if layer.buffers else 1 + (layer.bias or layer.kind is Kind.NORM) if layer.params else 0
    return BYTES_PER_VALUE * (layer.params + _statistics(layer)) + (8 if layer.buffers else 0) + 300 * tensors


def _times(factor: int, measure: Measure) -> Measure:
    return lambda layer: factor * measure(layer)


def _sum(*measures: Measure) -> Measure:
    return lambda layer: sum(measure(layer) for measure in measures)


def _image_bytes(config: ResNetConfig) -> int:
    return BYTES_PER_VALUE * config.in_channels * config.image_size**2


def _nothing(_: object) -> int:
    return 0


_WEIGHTED = ("Conv2d", "Linear")
_NORMS = ("BatchNorm2d",)
_ACTIVATIONS = ("ReLU", "LeakyReLU", "GELU", "Sigmoid", "Tanh")
_POOLS = ("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d")
_ALL = (*_WEIGHTED, *_NORMS, *_ACTIVATIONS, *_POOLS, "ZeroPad")
_SHAPES = ("Identity", "block")  # modules that compute nothing and have an output


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
    once: Callable[[ResNetConfig], int] = _nothing


_LEARNED = _of(_params, *_ALL)
_PARAMETER_BYTES = _of(_times(BYTES_PER_VALUE, _params), *_ALL)
_FOR_GRADIENTS = _times(2 * BYTES_PER_VALUE, _values)
_PASS_OF_WEIGHTED = _of(_FOR_GRADIENTS, *_WEIGHTED, *_NORMS)
_WITH_STATISTICS = _sum(_params, _statistics)

RULES: tuple[Rule, ...] = (
    Rule(
        {
            "PyTorch": "sum of numel()",
            "torchinfo": "Total params",
            "torchsummary": "Total params",
            "thop": "params",
            "ptflops": "Number of parameters",
            "fvcore": "parameter_count",
            "torchvision": "Params",
            "Keras": "Trainable params",
        },
        Unit.PARAMETERS,
        "Every value that is learned. Running means and variances of norms are not learned and do not count.",
        _LEARNED,
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
        _of(_statistics, *_NORMS),
    ),
    Rule(
        {"ResNet Explorer": "MACs", "He et al. 2015": "FLOPs", "torchvision": "GFLOPS"},
        Unit.MACS,
        "Multiply-adds of convolutions and the classifier, without biases and everything else.",
        _of(_macs, *_WEIGHTED),
    ),
    Rule(
        {"PyTorch": "FlopCounterMode"},
        Unit.FLOPS,
        "Two for each multiply-add of convolutions and the classifier, without biases and everything else.",
        _of(_times(2, _macs), *_WEIGHTED),
    ),
    Rule(
        {"torchinfo": "Total mult-adds"},
        Unit.MACS,
        "A convolution's weights and bias once at each position of its output; the classifier's and each norm's once.",
        {"Conv2d": _at_each_position, **_of(_params, "Linear", *_NORMS)},
    ),
    Rule(
        {"thop": "macs"},
        Unit.MACS,
        "Multiply-adds without biases, four for each value that passes a batch norm, one for each output of an average "
        "pool, and in the global one for each of its inputs, too.",
        {
            **_of(_macs, *_WEIGHTED),
            "BatchNorm2d": _times(4, _values),
            "AvgPool2d": _values,
            "AdaptiveAvgPool2d": _sum(_read, _values),
        },
    ),
    Rule(
        {"ptflops": "Computational complexity"},
        Unit.MACS,
        "Multiply-adds with biases, two for each value that passes a norm; ReLU, GELU and pools count twice for each "
        "value, at the module and at the function that it calls, leaky ReLU once, sigmoid and tanh not at all.",
        {
            **_of(_macs_and_biases, *_WEIGHTED),
            **_of(_times(2, _values), *_NORMS, "ReLU", "GELU"),
            "LeakyReLU": _values,
            **_of(_times(2, _read), *_POOLS),
        },
    ),
    Rule(
        {"ptflops": "Computational complexity, count_functional=False"},
        Unit.MACS,
        "Multiply-adds with biases, two for each value that passes a norm, one for each value of a ReLU, leaky ReLU or "
        "GELU and for each value that a pool reads.",
        {
            **_of(_macs_and_biases, *_WEIGHTED),
            **_of(_times(2, _values), *_NORMS),
            **_of(_values, "ReLU", "LeakyReLU", "GELU"),
            **_of(_read, *_POOLS),
        },
    ),
    Rule(
        {"ptflops": "Computational complexity, backend aten"},
        Unit.MACS,
        "Multiply-adds of convolutions and the classifier, and one for each value that a bias is added to.",
        _of(_macs_and_biases, *_WEIGHTED),
    ),
    Rule(
        {"fvcore": "flops in evaluation mode"},
        Unit.MACS,
        "Multiply-adds, which it calls flops, without biases; two for each value that passes a batch norm, one for "
        "each value that the global pool reads.",
        {**_of(_macs, *_WEIGHTED), "BatchNorm2d": _times(2, _values), "AdaptiveAvgPool2d": _read},
    ),
    Rule(
        {"fvcore": "flops in training mode"},
        Unit.MACS,
        "As in evaluation mode, but five for each value that passes a batch norm. A new network is in training mode.",
        {**_of(_macs, *_WEIGHTED), "BatchNorm2d": _times(5, _values), "AdaptiveAvgPool2d": _read},
    ),
    Rule(
        {"torchinfo": "Forward/backward pass size"},
        Unit.MB,
        "Outputs of the layers that have parameters, twice for the gradients, 4 bytes a value; MB are 10⁶ bytes.",
        _PASS_OF_WEIGHTED,
    ),
    Rule(
        {"torchsummary": "Forward/backward pass size"},
        Unit.MIB,
        "Outputs of all modules, twice for the gradients, 4 bytes a value; a block is a module, too, so its output "
        "counts again, and the sum is none. MB are 2²⁰ bytes.",
        _of(_FOR_GRADIENTS, *_ALL, *_SHAPES),
    ),
    Rule(
        {"torchinfo": "Params size"},
        Unit.MB,
        "The parameters, 4 bytes each; MB are 10⁶ bytes.",
        _PARAMETER_BYTES,
    ),
    Rule(
        {"torchsummary": "Params size"},
        Unit.MIB,
        "The parameters, 4 bytes each; MB are 2²⁰ bytes.",
        _PARAMETER_BYTES,
    ),
    Rule(
        {"Keras": "Total params, size"},
        Unit.MIB,
        "The parameters and the statistics of batch norms, 4 bytes each; MB are 2²⁰ bytes.",
        _of(_times(BYTES_PER_VALUE, _WITH_STATISTICS), *_ALL),
    ),
    Rule(
        {"PyTorch": "saved state_dict, about"},
        Unit.MIB,
        "Parameters and statistics, 4 bytes each, batch counters, 8 bytes each, and about 300 bytes a tensor for its "
        "name and padding; MB are 2²⁰ bytes.",
        _of(_saved, *_ALL),
    ),
    Rule(
        {"torchinfo": "Estimated Total Size"},
        Unit.MB,
        "The image, the forward/backward pass and the parameters; MB are 10⁶ bytes.",
        {
            **_PARAMETER_BYTES,
            **_of(_sum(_FOR_GRADIENTS, _times(BYTES_PER_VALUE, _params)), *_WEIGHTED, *_NORMS),
        },
        once=_image_bytes,
    ),
    Rule(
        {"torchsummary": "Estimated Total Size"},
        Unit.MIB,
        "The image, the forward/backward pass and the parameters; MB are 2²⁰ bytes.",
        _of(_sum(_FOR_GRADIENTS, _times(BYTES_PER_VALUE, _params)), *_ALL, *_SHAPES),
        once=_image_bytes,
    ),
)
