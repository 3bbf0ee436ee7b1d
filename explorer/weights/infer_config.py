"""The configuration that a state dict's names and shapes belong to, in torchvision's naming. Without torch.

Shapes do not tell everything: what runs without weights (activations, strides, pads, pools) is assumed to be as in
torchvision's networks, and each assumption is said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from explorer.network.block_plans import block_plans
from explorer.network.config import MAX_STAGES, ResNetConfig
from explorer.network.options import Attention, Block, Norm, Order, OutputStride, ResidualScale, Shortcut, Stem
from explorer.text.errors import Refusal

Shapes = Mapping[str, tuple[int, ...]]
_SIDES = {Stem.IMAGENET: 224, Stem.DEEP: 224, Stem.CIFAR: 32}  # of pictures, in pixels, where nobody says
_BLOCK = re.compile(r"layer([1-9])\.(0|[1-9][0-9]{0,3})\.conv1\.weight")


@dataclass(frozen=True, slots=True)
class Inferred:
    """A configuration, and in words what had to be ``assumed`` for it."""

    config: ResNetConfig
    assumed: tuple[str, ...]


def infer_config(shapes: Shapes, image_size: int | None = None) -> Inferred:
    """The network with these weights' names and shapes, as far as they tell.

    Raises:
        Refusal: they are no residual network's in this naming, or of none that can be built here.
    """
    blocks = _blocks(shapes)
    stem = _stem(shapes)
    try:
        config = ResNetConfig(
            **_width_fields(shapes, len(blocks), stem),
            stage_blocks=blocks,
            shortcut=Shortcut.B,
            stem=stem,
            norm=_norm(shapes),
            attention=Attention.SE if "layer1.0.se.fc1.weight" in shapes else Attention.NONE,
            residual_scale=ResidualScale.LEARNED if "layer1.0.scale.gain" in shapes else ResidualScale.ONE,
            order=Order.PRE if "bn_last.weight" in shapes else Order.POST,
            conv_bias="layer1.0.conv1.bias" in shapes,
            num_classes=_shape(shapes, "fc.weight", 2)[0],
            in_channels=_shape(shapes, "conv1.0.weight" if stem is Stem.DEEP else "conv1.weight", 4)[1],
            image_size=image_size or _SIDES[stem],
        )
    except ValueError as error:
        raise Refusal(f"No network with these weights can be built here: {error}") from error
    return _with_shortcut(config, shapes, image_size)


def _width_fields(shapes: Shapes, stages: int, stem: Stem) -> dict[str, Any]:
    """The kind of block, and what its convolutions tell about widths and groups (torchvision, models/resnet.py)."""
    firsts = [_shape(shapes, f"layer{stage}.0.conv1.weight", 4) for stage in range(1, stages + 1)]
    if "layer1.0.conv3.weight" in shapes:
        reads = _shape(shapes, "layer1.0.conv2.weight", 4)[1]
        widths = tuple(_shape(shapes, f"layer{stage}.0.conv3.weight", 4)[0] // 4 for stage in range(1, stages + 1))
        groups = max(firsts[0][0] // max(reads, 1), 1)
        # ⌊width · share / 64⌋ · groups in each stage: the least share that gives all of them.
        share = max(-(-first[0] * 64 // max(width * groups, 1)) for first, width in zip(firsts, widths, strict=True))
        fields: dict[str, Any] = {
            "block": Block.BOTTLENECK,
            "widths": widths,
            "groups": groups,
            "width_per_group": share,
        }
    else:
        fields = {"block": Block.BASIC, "widths": tuple(shape[0] for shape in firsts)}
    last = _shape(shapes, "conv1.6.weight" if stem is Stem.DEEP else "conv1.weight", 4)[0]
    return fields | {"stem_width": 0 if last == fields["widths"][0] else last}


def _norm(shapes: Shapes) -> Norm:
    if "layer1.0.bn1.weight" not in shapes:
        return Norm.NONE
    return Norm.BATCH if "layer1.0.bn1.running_mean" in shapes else Norm.GROUP


def _blocks(shapes: Shapes) -> tuple[int, ...]:
    """Blocks per stage, from the names."""
    found: dict[int, set[int]] = {}
    for name in shapes:
        if match := _BLOCK.fullmatch(name):
            found.setdefault(int(match[1]), set()).add(int(match[2]))
    stages = [len(found.get(stage, ())) for stage in range(1, max(found, default=0) + 1)]
    whole = all(blocks == set(range(len(blocks))) for blocks in found.values())
    if not whole or not stages or not all(stages) or len(stages) > MAX_STAGES:
        names = ", ".join(list(shapes)[:3])
        raise Refusal(
            "These are not the weights of a residual network in torchvision's naming, where they are called "
            f"layer1.0.conv1.weight and so on, without a gap between stages: here they begin with {names[:120]}."
        )
    return tuple(stages)


def _stem(shapes: Shapes) -> Stem:
    if "conv1.6.weight" in shapes:
        return Stem.DEEP
    kernel = _shape(shapes, "conv1.weight", 4)[2:]
    if kernel not in ((7, 7), (3, 3)):
        raise Refusal(
            f"conv1.weight has a {'×'.join(map(str, kernel))} kernel: this app has stems with one 7×7 (ImageNet), one "
            "3×3 (CIFAR) or three 3×3 convolutions (ResNet-D)."
        )
    return Stem.IMAGENET if kernel == (7, 7) else Stem.CIFAR


def _shape(shapes: Shapes, name: str, dimensions: int) -> tuple[int, ...]:
    shape = shapes.get(name, ())
    if len(shape) != dimensions:
        what = "is missing" if name not in shapes else f"has {len(shape)} dimensions"
        raise Refusal(f"{name} {what}: a residual network in torchvision's naming has it with {dimensions}.")
    return shape


def _with_shortcut(config: ResNetConfig, shapes: Shapes, image_size: int | None) -> Inferred:
    """The same network with the shortcuts that the names tell, and what they leave open."""
    assumed = [
        *([] if image_size else [f"pictures of {config.image_size} × {config.image_size} pixels"]),
        "ReLU",
        *(["the stride of a bottleneck in its 3×3 convolution (v1.5)"] if config.block is Block.BOTTLENECK else []),
        *(["the activation after the add (2015)"] if config.norm is Norm.NONE else []),
    ]
    pooled = {name for name, shape in shapes.items() if name.endswith(".downsample.1.weight") and len(shape) == 4}
    projected = {name for name, shape in shapes.items() if name.endswith(".downsample.0.weight") and len(shape) == 4}
    channels = [config.stem_channels, *(width * config.expansion for width in config.widths)]
    if not pooled and not projected and channels != sorted(channels):
        assumed.append("no shortcuts: where widths shrink, none without weights fits")
        return Inferred(replace(config, shortcut=Shortcut.NONE), tuple(assumed))
    if not pooled and not projected:
        assumed.append("shortcuts that pad with zeros (A): no names tell them from averages or from none at all")
        return Inferred(replace(config, shortcut=Shortcut.A), tuple(assumed))
    last = "downsample.2.weight" if pooled else "downsample.1.weight"
    normed = any(name.endswith(last) and len(shape) == 1 for name, shape in shapes.items())
    config = replace(config, shortcut_norm=normed)
    config = replace(config, shortcut=Shortcut.AVGPOOL_PROJECTION) if pooled else config
    found = {name.rpartition(".downsample.")[0] for name in pooled or projected}
    for stride in OutputStride:  # where widths stay, a stage that is dilated instead of strided has no projection
        dilated = replace(config, output_stride=stride)
        if found == {plan.name for plan in block_plans(dilated) if plan.shortcut == "project"}:
            return Inferred(dilated, tuple(assumed))
    return Inferred(config if pooled else replace(config, shortcut=Shortcut.C), tuple(assumed))
