"""The tools that count networks, each asked for its numbers: torchinfo 1.8, torchsummary 1.5, thop 0.1.1, ptflops 0.7,
fvcore 0.1.5, Keras 3 and PyTorch itself. They know nothing of this project."""

import contextlib
import io
import operator
import os
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import torch
import torchinfo
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

os.environ.setdefault("KERAS_BACKEND", "torch")

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"`torch\.jit\.script` is deprecated", category=FutureWarning)
    warnings.filterwarnings("ignore", message="distutils Version classes", category=DeprecationWarning)
    import fvcore.nn
    import keras
    import ptflops
    import thop
    import torchsummary

Numbers = dict[tuple[str, str], float]  # by the tool and by what it prints the number under


def numbers(net: nn.Module, shape: tuple[int, int, int]) -> Numbers:
    """Returns what the tools of PyTorch print of a network on the CPU for one image of this shape."""
    image = torch.zeros(1, *shape)
    parts = (_pytorch, _torchinfo, _thop, _ptflops, _fvcore)
    return {key: value for part in parts for key, value in part(net, image)} | dict(torchsummary_numbers(net, shape))


def with_plain_operators(net: nn.Module) -> nn.Module:
    """Returns the network with ``+`` and ``*`` in the place of the modules that add and multiply."""
    for module in list(net.modules()):
        for name, operation in (("add", operator.add), ("multiply", operator.mul)):
            if module._modules.get(name) is not None:
                delattr(module, name)
                setattr(module, name, operation)
    return net


def _pytorch(net: nn.Module, image: torch.Tensor) -> Iterator[tuple[tuple[str, str], float]]:
    yield ("PyTorch", "sum of numel()"), sum(param.numel() for param in net.parameters())
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        net.eval()(image)
    yield ("PyTorch", "FlopCounterMode"), counter.get_total_flops()


def _torchinfo(net: nn.Module, image: torch.Tensor) -> Iterator[tuple[tuple[str, str], float]]:
    found = torchinfo.summary(net, input_size=image.shape, device=image.device, verbose=0)
    overhead = sys.getsizeof(torch.empty(0).untyped_storage())  # it counts the input's Python object, too
    size = found.total_input - overhead + found.total_output_bytes + found.total_param_bytes
    yield ("torchinfo", "Total params"), found.total_params
    yield ("torchinfo", "Total mult-adds"), found.total_mult_adds
    yield ("torchinfo", "Forward/backward pass size"), found.total_output_bytes
    yield ("torchinfo", "Params size"), found.total_param_bytes
    yield ("torchinfo", "Estimated Total Size"), size


def torchsummary_numbers(net: nn.Module, shape: tuple[int, int, int]) -> Iterator[tuple[tuple[str, str], float]]:
    """Returns what torchsummary prints, which is all that it gives: sizes in MB, to two digits."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), torch.inference_mode():
        torchsummary.summary(net, shape, device="cpu")
    for label in ("Total params", "Forward/backward pass size", "Params size", "Estimated Total Size"):
        found = re.search(rf"{label}(?: \(MB\))?: ([\d.,]+)", out.getvalue())
        assert found
        yield ("torchsummary", label), float(found[1].replace(",", ""))


def _thop(net: nn.Module, image: torch.Tensor) -> Iterator[tuple[tuple[str, str], float]]:
    macs, params = thop.profile(net, inputs=(image,), verbose=False)
    yield ("thop", "macs"), macs
    yield ("thop", "params"), params


def _ptflops(net: nn.Module, image: torch.Tensor) -> Iterator[tuple[tuple[str, str], float]]:
    label = "Computational complexity"
    for words, how in (
        ("", {}),
        (", count_functional=False", {"backend_specific_config": {"count_functional": False}}),
        (", backend aten", {"backend": "aten"}),
    ):
        with torch.no_grad():  # under inference_mode the backend aten sees nothing and prints 0
            macs, params = ptflops.get_model_complexity_info(
                net, tuple(image.shape[1:]), print_per_layer_stat=False, as_strings=False, **how
            )
        yield ("ptflops", label + words), macs
    yield ("ptflops", "Number of parameters"), params


def _fvcore(net: nn.Module, image: torch.Tensor) -> Iterator[tuple[tuple[str, str], float]]:
    yield ("fvcore", "parameter_count"), fvcore.nn.parameter_count(net)[""]
    for training, mode in ((True, "training"), (False, "evaluation")):
        counted = fvcore.nn.FlopCountAnalysis(net.train(training), image.repeat(1 + training, 1, 1, 1))
        counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        yield ("fvcore", f"flops in {mode} mode"), counted.total() / (1 + training)


def keras_numbers(model: Any) -> dict[str, int]:
    """Returns what ``model.summary()`` prints of a Keras model or layer."""
    total = model.count_params()
    trainable = sum(weight.value.numel() for weight in model.trainable_weights)
    return {
        "Total params": total,
        "Trainable params": trainable,
        "Non-trainable params": total - trainable,
        "Total params, size": 4 * total,
    }


def keras_application(depth: int) -> Any:
    """Returns Keras's own ResNet, without memory for its weights."""
    with keras.device("meta"):
        return getattr(keras.applications, f"ResNet{depth}")(weights=None)
