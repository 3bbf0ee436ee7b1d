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
from explorer.training.damage.walk import Node, recalibrate, tree, walk
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
    twin: ResNet = build_like(net).requires_grad_(False).eval().to(memory_format=torch.channels_last)
    device = next(twin.parameters()).device
    trained, (across, down) = dict(net.named_parameters()), directions(net, plane)
    batches = [] if recalibrate_on is None else calibration_batches(twin, recalibrate_on)
    chunks, target = torch.split(images.to(device), _PASS), labels.to(device)
    places = torch.linspace(-1, 1, side, dtype=torch.float64).tolist()
    root, count = tree([Damage().steps(net.config)]), StepCounter(side**2, progress)
    found: list[list[tuple[float, int]]] = []
    with exact_float32(device.type), torch.no_grad():
        for y in places:
            found.append([])
            for x in places:
                count(f"point {count.done + 1:,} of {count.count:,}")
                for name, weight in twin.named_parameters():
                    if name in across:
                        weight.copy_(trained[name] + x * across[name] + y * down[name])
                found[-1].append(_tested(_logits(twin, root, chunks, batches), target))
    return Landscape(
        net.config,
        plane,
        len(labels),
        recalibrate_on is not None,
        tuple(tuple(loss for loss, _ in row) for row in found),
        tuple(tuple(right for _, right in row) for row in found),
    )


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


def _logits(net: ResNet, root: Node, chunks: Sequence[Tensor], batches: Sequence[Tensor]) -> Tensor:
    """Those of all pictures (N, classes); the norms' statistics are measured on ``batches`` first, if there are any."""
    if batches:
        for _ in recalibrate(net, root, batches):
            pass
    return torch.cat([out for chunk in chunks for node, out in walk(net, root, chunk) if node.ends])


def _tested(logits: Tensor, labels: Tensor) -> tuple[float, int]:
    """Mean loss and pictures right."""
    loss = float(functional.cross_entropy(logits.double(), labels))
    return loss if isfinite(loss) else inf, int((logits.argmax(1) == labels).sum())
