"""One trained network in evaluation and in training mode, on the same pictures in batches of several sizes.

    >>> found = compare_modes(net, images, labels)
    >>> [(each.size, each.right) for each in found.of(BatchOrder.MIXED)]

In evaluation mode a batch norm uses its running statistics, in training mode those of the batch (Ioffe & Szegedy 2015,
arXiv:1502.03167). A copy of the network is run, so the network keeps its statistics and its mode. Dropout drops nothing
here: only the norms differ. Pictures are (N, C, H, W), scaled as the network reads them; labels are (N,).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn

from explorer.live.exact_float32 import exact_float32
from explorer.live.module_mode import in_mode
from explorer.live.progress import Progress, StepCounter, check_seed
from explorer.live.shared_network import at_once
from explorer.network.model import ResNet, build_like
from explorer.text.errors import Refusal
from explorer.training.modes.values import (
    SIZES,
    BatchOrder,
    BatchOutcome,
    BatchStatistics,
    ChannelStatistics,
    ModeComparison,
    NormStatistics,
    PyTorchRefusal,
)


def compare_modes(
    net: ResNet,
    images: Tensor,
    labels: Tensor,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 0,
    progress: Progress | None = None,
) -> ModeComparison:
    """The pictures that each mode gets right; ``seed`` mixes them.

    Raises:
        Refusal: no batch norm, no picture, or a size below 1.
    """
    twin = _copy(net, images, labels)
    if min(sizes) < 1:
        raise Refusal(f"A batch of {min(sizes)} pictures cannot be: give sizes from 1.")
    orders = _orders(labels, seed)
    plan = [(size, order) for size in sizes for order in BatchOrder]
    together = torch.split(torch.arange(len(labels)), at_once(images))
    count = StepCounter(len(together) + sum(-(-len(images) // size) for size, _ in plan), progress)
    with _computing(twin, training=False):
        expected = _right(twin, images, labels, _told(together, count, "evaluation mode"))
    with _computing(twin, training=True):
        refusal = _smallest_refused(twin, images[:1])
        batches, refused = [], set()
        for size, order in plan:
            try:
                chosen = _told(torch.split(orders[order], size), count, f"batches of {size}, {order}")
                right = _right(twin, images, labels, chosen)
            except Refusal:
                refused.add(size)
                continue
            lost, mended = int((expected & ~right).sum()), int((right & ~expected).sum())
            batches.append(BatchOutcome(order, size, int(right.sum()), lost, mended))
    return ModeComparison(net.config, len(labels), int(expected.sum()), tuple(batches), refusal, tuple(sorted(refused)))


def batch_statistics(
    net: ResNet, images: Tensor, labels: Tensor, size: int, *, training: bool = True, seed: int = 0
) -> BatchStatistics:
    """Mean and variance of each channel that every batch norm of the network finds in one batch.

    It is the first batch of ``size`` pictures, mixed by ``seed`` and sorted by class: the same as in ``compare_modes``.
    In ``training`` mode the norms before it use the batch's statistics, otherwise their running ones.

    Raises:
        Refusal: as ``compare_modes``; fewer pictures than ``size``; a batch that PyTorch refuses, in its words.
    """
    twin = _copy(net, images, labels)
    if not 1 <= size <= len(images):
        raise Refusal(f"A batch of {size:,} cannot be taken from {len(images):,} pictures.")
    firsts = {order: indices[:size] for order, indices in _orders(labels, seed).items()}
    found: dict[BatchOrder, dict[str, tuple[int, ChannelStatistics]]] = {}
    with _computing(twin, training=training):
        for order, chosen in firsts.items():
            found[order] = _observed(twin, images[chosen])
    norms = (
        NormStatistics(
            name,
            found[BatchOrder.MIXED][name][0],
            _running(norm),
            found[BatchOrder.MIXED][name][1],
            found[BatchOrder.SORTED][name][1],
        )
        for name, norm in _batch_norms(net)
    )
    shown = sorted(set(labels[firsts[BatchOrder.SORTED]].tolist()))
    return BatchStatistics(training, size, tuple(shown), tuple(norms))


def _copy(net: ResNet, images: Tensor, labels: Tensor) -> ResNet:
    if not _batch_norms(net):
        raise Refusal("Both modes are the same: this network has no batch norms.")
    if not len(images) or len(images) != len(labels):
        raise Refusal(
            f"{len(images):,} pictures and {len(labels):,} labels: give at least one picture, each its class."
        )
    twin: ResNet = build_like(net).to(memory_format=torch.channels_last)  # as a processor convolves fastest
    return twin


def _batch_norms(net: nn.Module) -> list[tuple[str, nn.BatchNorm2d]]:
    return [(name, module) for name, module in net.named_modules() if isinstance(module, nn.BatchNorm2d)]


def _orders(labels: Tensor, seed: int) -> dict[BatchOrder, Tensor]:
    """The pictures' numbers, mixed and sorted by class; PyTorch's global random state is left alone."""
    check_seed(seed)
    mixed = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return {BatchOrder.MIXED: mixed, BatchOrder.SORTED: labels.argsort(stable=True).cpu()}


@contextmanager
def _computing(net: ResNet, *, training: bool) -> Iterator[None]:
    device = next(net.parameters()).device.type
    with exact_float32(device), torch.inference_mode(), in_mode(net, training=training, dropping=False):
        yield


def _told(batches: Sequence[Tensor], count: StepCounter, doing: str) -> Iterator[Tensor]:
    for batch in batches:
        count(doing)
        yield batch


def _right(net: ResNet, images: Tensor, labels: Tensor, batches: Iterable[Tensor]) -> Tensor:
    """Whether each picture (N,) is right, in these ``batches`` of pictures' numbers."""
    right = torch.zeros(len(labels), dtype=torch.bool)
    for batch in batches:
        right[batch] = _logits(net, images[batch]).argmax(1).cpu() == labels[batch].cpu()
    return right


def _logits(net: ResNet, images: Tensor) -> Tensor:
    try:
        logits: Tensor = net(images.to(next(net.parameters()).device))
    except ValueError as error:  # a single value per channel
        raise Refusal(f"PyTorch refuses a batch of {len(images)}: {error}") from error
    return logits


def _smallest_refused(net: ResNet, picture: Tensor) -> PyTorchRefusal:
    """The largest corner of one ``picture`` (1, C, H, W) that PyTorch refuses; one of a single pixel always is."""
    found = PyTorchRefusal(0, "")
    for side in range(1, min(picture.shape[2:]) + 1):
        try:
            net(picture[:, :, :side, :side].to(next(net.parameters()).device))
        except ValueError as error:
            found = PyTorchRefusal(side, str(error))
        else:
            break
    return found


def _observed(net: ResNet, images: Tensor) -> dict[str, tuple[int, ChannelStatistics]]:
    """What every batch norm is given: values per channel and their statistics, by the norm's name."""
    found: dict[str, tuple[int, ChannelStatistics]] = {}

    def look(name: str, module: nn.Module, given: tuple[Tensor]) -> None:
        (x,) = given  # (N, C, H, W)
        means, variances = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        found[name] = x.numel() // x.shape[1], ChannelStatistics(tuple(means.tolist()), tuple(variances.tolist()))

    hooks = [norm.register_forward_pre_hook(partial(look, name)) for name, norm in _batch_norms(net)]
    try:
        _logits(net, images)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _running(norm: nn.BatchNorm2d) -> ChannelStatistics:
    assert norm.running_mean is not None and norm.running_var is not None
    return ChannelStatistics(tuple(norm.running_mean.tolist()), tuple(norm.running_var.tolist()))
