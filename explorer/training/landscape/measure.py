"""Measures the loss over a plane through a network's weights (Li et al. 2018, arXiv:1712.09913, section 4).

    >>> found = landscape(net, images, labels, plane=0, side=11)
    >>> found.non_convex_share(1.0), found.minima, found.radius

A copy of the network is moved, the network itself is never touched. Pictures are (N, C, H, W), scaled as the network
reads them; labels are (N,).
"""

from collections.abc import Sequence
from math import inf, isfinite

import torch
from torch import Tensor
from torch.nn import functional

from explorer.live.exact_float32 import exact_float32
from explorer.live.progress import Progress, StepCounter, check_seed
from explorer.network.model import ResNet, build_like
from explorer.text.errors import Refusal
from explorer.training.damage.cuts import Damage
from explorer.training.damage.study import calibration_batches
from explorer.training.damage.walk import recalibrate, tree, walk
from explorer.training.landscape.values import LIVE_SIDE, Landscape

_PASS = 25  # pictures: their maps stay in a processor's cache

Direction = dict[str, Tensor]


def landscape(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    plane: int = 0,
    side: int = LIVE_SIDE,
    recalibrate_on: Tensor | None = None,
    progress: Progress | None = None,
) -> Landscape:
    """Loss and accuracy in evaluation mode at ``side`` × ``side`` points around the trained weights.

    Both axes go from −1 to 1. ``plane`` is the seed of the random directions. With ``recalibrate_on``, training
    pictures (M, C, H, W), the batch norms' running statistics are measured anew on them at each point.

    Raises:
        Refusal: an even number of points, no pictures, labels that do not belong to them, or nothing to recalibrate.
    """
    if side < 3 or side % 2 == 0:
        raise Refusal(f"A plane of {side} × {side} points has no middle: give an odd number from 3.")
    if not len(images) or len(images) != len(labels):
        raise Refusal("Give a class for each picture, and one picture at least.")
    batches = [] if recalibrate_on is None else calibration_batches(net, recalibrate_on)
    walker = _Walker(net, plane, images, labels, batches)
    places, count = torch.linspace(-1, 1, side, dtype=torch.float64).tolist(), StepCounter(side**2, progress)
    found: list[list[tuple[float, int]]] = []
    with exact_float32(walker.target.device.type), torch.no_grad():
        for y in places:
            found.append([])
            for x in places:
                count(f"point {count.done + 1:,} of {count.count:,}")
                found[-1].append(walker.tested(x, y))
    losses, right = zip(*(zip(*row, strict=True) for row in found), strict=True)
    return Landscape(net.config, plane, len(labels), bool(batches), losses, right)


class _Walker:
    """A copy of a network that is moved over a plane and tested there."""

    def __init__(self, net: ResNet, plane: int, images: Tensor, labels: Tensor, batches: Sequence[Tensor]) -> None:
        """The norms' statistics are measured on ``batches`` at each point, if there are any."""
        self.net: ResNet = build_like(net).requires_grad_(False).eval().to(memory_format=torch.channels_last)
        self.trained, (self.across, self.up) = dict(net.named_parameters()), directions(net, plane)
        device = next(net.parameters()).device
        self.chunks, self.target = torch.split(images.to(device), _PASS), labels.to(device)
        self.root, self.batches = tree([Damage().steps(net.config)]), batches

    def tested(self, x: float, y: float) -> tuple[float, int]:
        """Mean loss and pictures right at the weights w + x · d₁ + y · d₂."""
        for name, weight in self.net.named_parameters():
            if name in self.across:
                weight.copy_(self.trained[name] + x * self.across[name] + y * self.up[name])
        if self.batches:
            for _ in recalibrate(self.net, self.root, self.batches):
                pass
        logits = [out for chunk in self.chunks for node, out in walk(self.net, self.root, chunk) if node.ends]
        together = torch.cat(logits)
        loss = float(functional.cross_entropy(together.double(), self.target))
        return loss if isfinite(loss) else inf, int((together.argmax(1) == self.target).sum())


def directions(net: ResNet, plane: int) -> tuple[Direction, Direction]:
    """Two random directions of the convolutions' and the classifier's weights, by parameter name.

    Each filter has the norm of the network's filter; a filter of the classifier is the row of a class. Biases and
    norms' parameters have no direction. PyTorch's global random state is left alone.
    """
    check_seed(plane)
    random = torch.Generator().manual_seed(plane)
    weights = {name: each.detach() for name, each in net.named_parameters() if each.ndim > 1}
    first, second = ({name: _like(each, random) for name, each in weights.items()} for _ in range(2))
    return first, second


def _like(weight: Tensor, random: torch.Generator) -> Tensor:
    noise = torch.randn(weight.shape, generator=random).to(weight.device)
    filters = tuple(range(1, weight.ndim))
    size, drawn = (torch.linalg.vector_norm(each, dim=filters, keepdim=True) for each in (weight, noise))
    found: Tensor = noise * (size / drawn)
    return found
