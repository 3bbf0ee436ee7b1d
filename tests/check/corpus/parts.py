"""Pieces that public networks are made of. The names, the classes and the order of definition are theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

Children = Mapping[str, nn.Module | None]


class Path(nn.Module):
    """Runs its children, or the ``steps`` of them, one after another."""

    steps: Sequence[str] = ()

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = self.get_submodule(step)(x)
        return x


class Residual(nn.Module):
    """Adds the ``steps`` and what stands ``beside`` them, then runs ``after``."""

    steps: Sequence[str] = ()
    beside: str = ""
    after: Sequence[str] = ()
    before: Sequence[str] = ()
    ends: bool = True

    def forward(self, x: Tensor) -> Tensor:
        for step in self.before:
            x = self.get_submodule(step)(x)
        out = x
        for step in self.steps:
            out = self.get_submodule(step)(out)
        other = self.get_submodule(self.beside)(x) if self.beside else x
        out = out + other
        for step in self.after:
            out = self.get_submodule(step)(out)
        return functional.relu(out) if self.ends and not self.after else out


class Gate(nn.Module):
    """Squeeze-and-excitation: what comes in, times what the ``steps`` make of its mean."""

    steps: Sequence[str] = ()
    flat: bool = False

    def forward(self, x: Tensor) -> Tensor:
        out = x.mean((2, 3), keepdim=not self.flat)
        for step in self.steps:
            out = self.get_submodule(step)(out)
        return x * torch.sigmoid(out).reshape(*out.shape[:2], 1, 1)


class Flat(nn.Module):
    """Flattens, as ``forward`` does in most networks. It is not printed as a module by those who call a function."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


def made(name: str, base: type[nn.Module], children: Children, **settings: Any) -> nn.Module:
    """Makes a module of a class called ``name`` with these children, in this order."""
    module = type(name, (base,), settings)()
    for key, child in children.items():
        setattr(module, key, child)
    if not settings.get("steps"):
        type(module).steps = tuple(key for key, child in children.items() if child is not None)  # type: ignore[attr-defined]
    return module


def conv(
    inputs: int,
    outputs: int,
    kernel: int = 3,
    stride: int = 1,
    *,
    bias: bool = False,
    groups: int = 1,
    dilation: int = 1,
) -> nn.Conv2d:
    padding = dilation * (kernel // 2)
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias, groups=groups, dilation=dilation)


def relu() -> nn.ReLU:
    return nn.ReLU(inplace=True)


bn = nn.BatchNorm2d
seq = nn.Sequential


def named(**children: nn.Module) -> nn.Sequential:
    """A Sequential whose children have names."""
    made_of = nn.Sequential()
    for name, child in children.items():
        made_of.add_module(name, child)
    return made_of


class Pooled(nn.Module):
    """A function in ``forward``: pooling and flattening without a module in the print."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.adaptive_avg_pool2d(x, 1).flatten(1)
