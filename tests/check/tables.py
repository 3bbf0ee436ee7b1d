"""torchsummary's table of a network.

Written after the layout of its source (sksq96/pytorch-summary, torchsummary/torchsummary.py): the package has no
release that supports the versions that these tests run with.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn


def _at_once_on_meta(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda x, *rest, **options: x.detach() if x.is_meta else function(x, *rest, **options)


@contextmanager
def quick_shapes() -> Iterator[None]:
    """Norms and activations on the meta device give their input's shape at once: PyTorch's, in Python, take most of
    a pass."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("batch_norm", "group_norm", "relu", "leaky_relu", "gelu"):
            patch.setattr(nn.functional, name, _at_once_on_meta(getattr(nn.functional, name)))
        yield


def torchsummary(net: nn.Module, shape: tuple[int, int, int], *, root: bool = False) -> str:
    """The table of ``net`` for images of (C, H, W); ``root``: with a row for the network itself, as later versions."""
    rows: list[tuple[str, list[int], int]] = []

    def hook(module: nn.Module, _: Any, output: Tensor) -> None:
        name = f"{type(module).__name__}-{len(rows) + 1}"
        params = sum(
            value.numel() for key in ("weight", "bias") if isinstance(value := getattr(module, key, None), Tensor)
        )
        rows.append((name, [-1, *output.shape[1:]], params))

    listed = [entry for entry in net.modules() if not isinstance(entry, nn.Sequential | nn.ModuleList)]
    hooks = [module.register_forward_hook(hook) for module in listed if root or module is not net]
    device = next(net.parameters()).device
    with torch.no_grad(), quick_shapes():
        net(torch.rand(2, *shape, device=device))
    for handle in hooks:
        handle.remove()
    return _written(rows, shape)


def _written(rows: list[tuple[str, list[int], int]], shape: tuple[int, int, int]) -> str:
    total = sum(params for _, _, params in rows)
    values = sum(abs(torch.tensor(sizes).prod().item()) for _, sizes, _ in rows)
    inside = abs(shape[0] * shape[1] * shape[2] * 4.0 / 1024**2)
    lines = [
        "-" * 64,
        f"{'Layer (type)':>20}  {'Output Shape':>25} {'Param #':>15}",
        "=" * 64,
        *(f"{name:>20}  {sizes!s:>25} {params:>15,}" for name, sizes, params in rows),
        "=" * 64,
        f"Total params: {total:,}",
        f"Trainable params: {total:,}",
        "Non-trainable params: 0",
        "-" * 64,
        f"Input size (MB): {inside:.2f}",
        f"Forward/backward pass size (MB): {2.0 * values * 4 / 1024**2:.2f}",
        f"Params size (MB): {total * 4.0 / 1024**2:.2f}",
        f"Estimated Total Size (MB): {inside + total * 4.0 / 1024**2:.2f}",
        "-" * 64,
    ]
    return "\n".join(lines) + "\n"
