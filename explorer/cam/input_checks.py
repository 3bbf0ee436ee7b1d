"""What a map is asked of: pictures that fit the network, classes that it has, and a layer; each checked, in words."""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn

from explorer.cam.saliency_map import STEM, layer_names
from explorer.live.preflight import MAX_BATCH_SIZE
from explorer.live.shared_network import outputs
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

Classes = int | Sequence[int] | Tensor
_BLOCK = re.compile(r"layer\d+\.\d+")
_STEMS = ("maxpool", "act1", "relu", "bn1", "conv1")  # what ends it, the last first, in our names and torchvision's


def layers_of(network: ResNetConfig | nn.Module) -> tuple[str, ...]:
    """Where a map of a network can be read: "stem" and every block, in forward order.

    Of a network of others (torchvision's) those that are named like ours; empty where none is.
    """
    if isinstance(network, ResNetConfig | ResNet):
        return layer_names(network if isinstance(network, ResNetConfig) else network.config)
    blocks = (name for name, _ in network.named_modules() if _BLOCK.fullmatch(name))
    return (*((STEM,) if _stem(network) else ()), *blocks)


def _stem(net: nn.Module) -> nn.Module | None:
    """The module that puts out the first feature map."""
    if isinstance(found := getattr(net, STEM, None), nn.Module):
        return found
    return next((part for name in _STEMS if isinstance(part := getattr(net, name, None), nn.Module)), None)


def module_of(net: nn.Module, layer: str) -> nn.Module:
    """The module called ``layer``: "stem", a block ("layer4.2"), a stage ("layer4"), or any by its dotted name.

    Raises:
        Refusal: there is none; the message lists what there is.
    """
    if layer == STEM and (stem := _stem(net)) is not None:
        return stem
    try:
        if layer:
            return net.get_submodule(layer)
    except (AttributeError, TypeError):
        pass
    raise Refusal(f"This network has no layer {str(layer)[:60]!r}: {_choice(net)}.")


def _choice(net: nn.Module) -> str:
    """What layers there are, as an instruction."""
    names = layers_of(net)
    if not names:
        return "give the dotted name of a module whose output is a map (channels, height, width)"
    groups = [list(group) for _, group in groupby(names, lambda name: name.partition(".")[0])]
    ranges = (group[0] if len(group) == 1 else f"{group[0]} to {group[-1]}" for group in groups)
    stages = ", ".join(group[0].partition(".")[0] for group in groups if group[0] != STEM)
    return f"choose a block ({', '.join(ranges)}), a whole stage ({stages}), or a module inside by its dotted name"


def checked_map(net: nn.Module, layer: str, output: object, calls: int) -> Tensor:
    """What ``layer`` put out at its so many-th call, if that is a map.

    Raises:
        Refusal: it puts out something else, or one network uses it several times.
    """
    if not isinstance(output, Tensor) or output.dim() != 4:
        what = f"the shape {tuple(output.shape)}" if isinstance(output, Tensor) else f"a {type(output).__name__}"
        raise Refusal(f"Layer {layer!r} puts out {what}, not maps (N, channels, height, width): {_choice(net)}.")
    if calls > 1:
        raise Refusal(f"Layer {layer!r} is used several times in one pass, so it has no single map: {_choice(net)}.")
    return output


def not_reached(net: nn.Module, layer: str) -> Refusal:
    """Why a layer that takes no part in the outputs has no map."""
    return Refusal(f"Layer {layer!r} takes no part in what this network puts out: {_choice(net)}.")


def checked_images(net: nn.Module, images: Tensor) -> Tensor:
    """The pictures (N, C, H, W) where the network is and in its type of numbers, detached.

    Raises:
        Refusal: they are no such tensor, not as many as are allowed, or hold anything but finite numbers.
    """
    if not isinstance(images, Tensor):
        raise Refusal(f"images are a {type(images).__name__}: give a tensor (N, channels, height, width).")
    channels = next((part.in_channels for part in net.modules() if isinstance(part, nn.Conv2d)), None)
    fits = images.dim() == 4 and 1 <= len(images) <= MAX_BATCH_SIZE and min(images.shape) > 0
    if not fits or (channels is not None and images.shape[1] != channels):
        wanted = "channels" if channels is None else str(channels)
        raise Refusal(
            f"images have the shape {tuple(images.shape)}: give 1 to {MAX_BATCH_SIZE:,} of them as a tensor "
            f"(N, {wanted}, height, width), normalised as the network was trained."
        )
    if not images.is_floating_point() or not bool(images.isfinite().all()):
        raise Refusal(
            f"images hold {images.dtype} values, not all of them finite real numbers: convert them to float32, "
            "normalised as the network was trained."
        )
    like = next((parameter for parameter in net.parameters() if parameter.is_floating_point()), images)
    return images.detach().to(like.device, like.dtype)


def checked_logits(net: nn.Module, logits: object, count: int) -> Tensor:
    """What a network put out for ``count`` pictures, if that is a number for each class.

    Raises:
        Refusal: it is something else.
    """
    if isinstance(logits, Tensor) and logits.dim() == 2 and len(logits) == count:
        return logits
    what = f"the shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else f"a {type(logits).__name__}"
    raise Refusal(
        f"{type(net).__name__} puts out {what} for {counted(count, 'image')}: a classifier gives (N, classes)."
    )


def class_indices(name: str, given: Classes, count: int, logits: Tensor) -> Tensor:
    """The class of each of ``count`` pictures as a tensor (count,), from one for all or one for each.

    Raises:
        Refusal: it is no class of a network with these ``logits`` (N, K), or not one for each picture.
    """
    indices = whole_numbers(name, given)
    if len(indices) == 1:
        indices *= count
    if len(indices) != count:
        raise Refusal(f"{name} has {len(indices):,} classes for {counted(count, 'image')}: give one, or one for each.")
    check_classes(name, indices, logits.shape[1])
    return torch.tensor(indices, device=logits.device)


def whole_numbers(name: str, given: Classes) -> list[int]:
    """Class indices as a list, whatever holds them.

    Raises:
        Refusal: they are no whole numbers.
    """
    values = given.flatten().tolist() if isinstance(given, Tensor) else given
    try:
        several = list(values) if isinstance(values, Sequence) and not isinstance(values, str) else [values]
        if any(isinstance(value, bool) for value in several):
            raise TypeError
        return [operator.index(value) for value in several]
    except TypeError:
        raise Refusal(f"{name} is {str(given)[:60]}: it must be a class index, a whole number from 0.") from None


def check_classes(name: str, indices: Sequence[int], classes: int) -> None:
    """Raise a Refusal where an index is no class of a network with so many."""
    for index in indices:
        if not 0 <= index < classes:
            raise Refusal(
                f"{name} is {str(index)[:60]}: this network has {counted(classes, 'class')}, so it must be a whole "
                f"number from 0 to {classes - 1:,}."
            )


@dataclass(frozen=True, slots=True)
class TargetClasses:
    """The class of each picture (N,), and the one that it is held against, if any."""

    targets: Tensor
    against: Tensor | None

    def scores(self, logits: Tensor) -> Tensor:
        """Of logits (N, K) those of the classes, less those of the others: (N,)."""
        found = logits.gather(1, self.targets[:, None])[:, 0]
        return found if self.against is None else found - logits.gather(1, self.against[:, None])[:, 0]

    @property
    def pairs(self) -> list[tuple[int, int | None]]:
        """For each picture its class and the other as plain numbers."""
        targets: list[int] = self.targets.tolist()
        others = [None] * len(targets) if self.against is None else self.against.tolist()
        return list(zip(targets, others, strict=True))


def wanted(target: Classes, against: Classes | None, logits: Tensor) -> TargetClasses:
    """What is asked of a network that gave ``logits`` (N, K).

    Raises:
        Refusal: a class that the network has not, not one for each picture, or one held against itself.
    """
    targets = class_indices("target", target, len(logits), logits)
    if against is None:
        return TargetClasses(targets, None)
    others = class_indices("against", against, len(logits), logits)
    same = targets[targets == others].tolist()
    if same:
        raise Refusal(
            f"target and against are both {same[0]}: choose two different classes to hold against each other."
        )
    return TargetClasses(targets, others)


def classes_for(
    net: nn.Module, images: Tensor, target: Classes, against: Classes | None = None
) -> list[tuple[int, int | None]]:
    """The class of each picture (N, C, H, W), and the one that it is held against. How many there are only the network
    can tell: a pass of one picture.

    Raises:
        Refusal: as ``wanted``.
    """
    logits = checked_logits(net, outputs(net, images[:1]), 1)
    return wanted(target, against, logits.expand(len(images), -1)).pairs
