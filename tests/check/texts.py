"""The texts that people paste, made from real networks."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torchinfo
from torch import nn

from explorer import ResNetConfig
from explorer.check import Report, check, check_shapes
from tests.check.tables import quick_shapes, torchsummary

Shape = tuple[int, int, int]


_last: tuple[nn.Module | None, Shape | None, dict[str, Any]] = (None, None, {})


def torchinfo_table(net: nn.Module, shape: Shape | None, **options: Any) -> str:
    """torchinfo's own table, of a network on the meta device. One pass serves all tables of a network in a row."""
    global _last  # noqa: PLW0603
    if _last[:2] != (net, shape):
        _last = (net, shape, {})
    size = None if shape is None else (2, *shape)
    options |= {"verbose": 0, "device": "meta", "mode": "train", "cache_forward_pass": True}
    with quick_shapes(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(torchinfo.torchinfo, "_cached_forward_pass", _last[2])
        return str(torchinfo.summary(net, size, **options))


def state_text(net: nn.Module) -> str:
    """What people print in a loop over a state dict."""
    return "\n".join(f"{name}\t{value.shape}" for name, value in net.state_dict().items())


def shapes_of(net: nn.Module) -> dict[str, tuple[int, ...]]:
    """A state dict's names and shapes."""
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}


TEXTS: Mapping[str, Callable[[nn.Module, Shape], str]] = {
    "print": lambda net, _: str(net),
    "torchsummary": torchsummary,
    "torchsummary with a root": lambda net, shape: torchsummary(net, shape, root=True),
    "torchinfo": torchinfo_table,
    "torchinfo, deep": lambda net, shape: torchinfo_table(net, shape, depth=5),
    "torchinfo, all columns": lambda net, shape: torchinfo_table(
        net,
        shape,
        depth=5,
        col_names=(
            "input_size",
            "output_size",
            "num_params",
            "params_percent",
            "kernel_size",
            "mult_adds",
            "trainable",
        ),
        row_settings=("depth", "var_names"),
    ),
    "torchinfo, ASCII": lambda net, shape: torchinfo_table(net, shape, depth=5, row_settings=("ascii_only",)),
    "torchinfo, no shapes": lambda net, _: torchinfo_table(net, None, depth=5),
    "state dict, printed": lambda net, _: state_text(net),
}


def read(kind: str, net: nn.Module, shape: Shape, meant: ResNetConfig | None = None) -> Report:
    """Checks one kind of text and returns the report."""
    if kind == "state dict":
        return check_shapes(shapes_of(net), meant)
    return check(TEXTS[kind](net, shape), meant)


KINDS = (*TEXTS, "state dict")
