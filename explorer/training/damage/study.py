"""One trained network and the pictures it is tested on, ready for any number of damages."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

import torch
from torch import Tensor, nn

from explorer.live.exact_float32 import exact_float32
from explorer.live.progress import Progress, StepCounter, no_progress
from explorer.live.shared_network import at_once
from explorer.network.model import ResNet, build_like
from explorer.text.errors import Refusal
from explorer.text.quantities import counted
from explorer.training.damage.cuts import Damage
from explorer.training.damage.outcome import NO_CLASS, Lesion, right
from explorer.training.damage.walk import Node, nodes, recalibrate, tree, walk, walk_on

KEPT_BYTES = 128 * 2**20
"""The most that a study keeps of the whole network's maps; a block of 1,000 pictures 16 x 28 x 28 has 50 MB."""
CALIBRATION_BATCH = 128


class LesionStudy:
    """Tests damaged versions of one network on the same pictures.

    A copy of the network is run, the network itself is never touched. After some of the blocks the maps of the whole
    network are kept, up to ``KEPT_BYTES``: a version starts from the last ones before its first damage. Beyond these
    a walk holds a few maps of one chunk of pictures. Threads may share a study.
    """

    def __init__(self, net: ResNet, images: Tensor, labels: Tensor, progress: Progress | None = None) -> None:
        """Runs the whole network once.

        Args:
            net: a trained network. images: (N, C, H, W), scaled as it reads them. labels: (N,).

        Raises:
            Refusal: pictures and labels do not belong together.
        """
        _check(net, images, labels)
        self.config, self.device = net.config, next(net.parameters()).device
        self.labels: tuple[int, ...] = tuple(labels.tolist())
        self._net = _copy(net)
        self._chunks = torch.split(images, at_once(images))
        self._kept: dict[int, list[Tensor]] = {}  # by the number of blocks before: a map for each chunk
        self.before = self._whole(progress or no_progress)

    def lesions(
        self, damages: Sequence[Damage], recalibrate_on: Tensor | None = None, progress: Progress | None = None
    ) -> tuple[Lesion, ...]:
        """The outcome of each damage; beginnings that several share are computed once.

        With ``recalibrate_on``, pictures (M, C, H, W), the running statistics of each damaged version's batch norms are
        measured anew on them, in batches of about ``CALIBRATION_BATCH``.

        Raises:
            Refusal: the network has no batch norms, or there are fewer than two pictures to measure them on.
        """
        tell = progress or no_progress
        root = tree([damage.steps(self.config) for damage in damages])
        with exact_float32(self.device.type), torch.inference_mode():
            if recalibrate_on is None:
                found = self._test(root, len(damages), tell)
            else:
                found = self._test_recalibrated(root, len(damages), recalibrate_on, tell)
        again = recalibrate_on is not None
        return tuple(
            Lesion(self.config, damage, again, self.labels, self.before, after)
            for damage, after in zip(damages, found, strict=True)
        )

    @property
    def accuracy(self) -> float:
        """That of the whole network, from 0 to 1."""
        return right(self.labels, self.before) / len(self.labels)

    def _whole(self, tell: Progress) -> tuple[int, ...]:
        """The classes that the whole network takes the pictures for; keeps some of its maps."""
        root = tree([Damage().steps(self.config)])
        with exact_float32(self.device.type), torch.inference_mode():
            sizes = [out[0].numel() * 4 for node, out in walk(self._net, root, self._on_device(self._chunks[0][:1]))]
            places = places_to_keep([size * len(self.labels) for size in sizes[:-1]], KEPT_BYTES)
            self._kept = {place: [] for place in places}
            count, found = StepCounter(len(sizes) * len(self._chunks), tell), []
            for chunk in self._chunks:
                for place, (node, out) in enumerate(walk(self._net, root, self._on_device(chunk))):
                    count("the whole network")
                    if place in self._kept:
                        self._kept[place].append(out)
                    if node.ends:
                        found.append(classes_of(out))
        return tuple(torch.cat(found).tolist())

    def _test(self, root: Node, versions: int, tell: Progress) -> list[tuple[int, ...]]:
        """The classes that each version takes the pictures for, from the last kept maps before the first damage."""
        place, node = self._last_shared(root)
        walks = (
            walk_on(self._net, node, self._kept[place][number])
            if place in self._kept
            else walk(self._net, root, self._on_device(chunk))
            for number, chunk in enumerate(self._chunks)
        )
        count = StepCounter(len(nodes(node)) * len(self._chunks), tell)
        return _collected(walks, versions, count)

    def _last_shared(self, root: Node) -> tuple[int, Node]:
        """The last place up to which all versions are undamaged and where maps are kept, −1 for none; its step."""
        node, found = root, (0, root) if 0 in self._kept else (-1, root)
        for place, step in enumerate(Damage().steps(self.config), start=1):
            if set(node.following) != {step}:
                break
            node = node.following[step]
            if place in self._kept:
                found = place, node
        return found

    def _test_recalibrated(self, root: Node, versions: int, pictures: Tensor, tell: Progress) -> list[tuple[int, ...]]:
        net = _copy(self._net)  # which loses its statistics
        batches = calibration_batches(net, pictures)
        steps = len(nodes(root))
        count = StepCounter(steps * (len(batches) + len(self._chunks)), tell)
        for _ in recalibrate(net, root, batches):
            count("measuring the norms' statistics")
        return _collected((walk(net, root, self._on_device(chunk)) for chunk in self._chunks), versions, count)

    def _on_device(self, images: Tensor) -> Tensor:
        return images.to(self.device)


def calibration_batches(net: ResNet, pictures: Tensor) -> list[Tensor]:
    """The pictures (M, C, H, W) in batches of about ``CALIBRATION_BATCH``, on the network's device.

    Raises:
        Refusal: the network has no batch norms, or there are fewer than two pictures.
    """
    if not any(isinstance(module, nn.BatchNorm2d) for module in net.modules()):
        raise Refusal("There is nothing to recalibrate: this network has no batch norms.")
    if len(pictures) < 2:
        raise Refusal("Statistics need at least two pictures: give some hundred training pictures.")
    device = next(net.parameters()).device
    return [batch.to(device) for batch in pictures.tensor_split(ceil(len(pictures) / CALIBRATION_BATCH))]


def _copy(net: ResNet) -> ResNet:
    """A copy in evaluation mode that keeps each pixel's channels together, as a processor convolves fastest."""
    twin: ResNet = build_like(net).eval().to(memory_format=torch.channels_last)
    return twin


def _collected(
    walks: Iterable[Iterator[tuple[Node, Tensor]]], versions: int, count: StepCounter
) -> list[tuple[int, ...]]:
    """Each version's classes for all chunks of pictures."""
    found: list[list[int]] = [[] for _ in range(versions)]
    for each in walks:
        for node, out in each:
            count("testing")
            if node.ends:
                classes = classes_of(out).tolist()
                for version in node.ends:
                    found[version] += classes
    return list(map(tuple, found))


def classes_of(logits: Tensor) -> Tensor:
    """The class of the greatest logit for each picture (N,); ``NO_CLASS`` where a logit is no finite number."""
    return logits.argmax(1).masked_fill(~logits.isfinite().all(1), NO_CLASS)


def places_to_keep(sizes: Sequence[int], most: int) -> frozenset[int]:
    """The places after which maps are kept, of ``sizes`` bytes each, in all at most ``most``.

    One after the other, always the one that spares the most steps for its bytes when every block is cut once: with maps
    kept at a and b, one between them at p spares each of the b − p cuts behind it p − a steps.
    """
    kept: set[int] = set()
    while True:
        gains = {
            place: _spared(place, kept, len(sizes)) / size
            for place, size in enumerate(sizes)
            if place not in kept and size <= most
        }
        best = max(gains, key=gains.__getitem__, default=0)
        if not gains.get(best):
            return frozenset(kept)
        kept.add(best)
        most -= sizes[best]


def _spared(place: int, kept: set[int], end: int) -> int:
    before = max((other for other in kept if other < place), default=-1)
    after = min((other for other in kept if other > place), default=end)
    return (after - place) * (place - before)


def _check(net: ResNet, images: Tensor, labels: Tensor) -> None:
    if images.ndim != 4 or labels.ndim != 1 or len(images) != len(labels) or not len(images):
        raise Refusal(
            f"Pictures of shape {_shown(images)} and labels of shape {_shown(labels)} do not belong together: give "
            "pictures (N, C, H, W) and a class for each, (N,), at least one."
        )
    channels, classes = net.config.in_channels, net.config.num_classes
    if images.shape[1] != channels:
        raise Refusal(f"The pictures have {counted(images.shape[1], 'channel')}, and the network reads {channels:,}.")
    if labels.min() < 0 or labels.max() >= classes:
        raise Refusal(
            f"The labels are {labels.min()} to {labels.max()}: this network has the classes 0 to {classes - 1:,}."
        )


def _shown(values: Tensor) -> str:
    return f"({', '.join(map(str, values.shape))})"
