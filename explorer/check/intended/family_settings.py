"""Finds the settings of the wider family: groups, width, stem, dilation, attention, blur, scale and dropout."""

from itertools import pairwise
from typing import Any

from explorer.check.formats.class_names import is_blur
from explorer.check.intended.votes import majority
from explorer.check.structure.network import Network, Stage, Unit
from explorer.check.values import Source
from explorer.network.config import LIMITS
from explorer.network.layer import Kind
from explorer.network.options import Antialias, Attention, Block, Norm, OutputStride, ResidualScale

_WIDE = 64  # the width for which width_per_group is given (torchvision, models/resnet.py)


def family_settings(network: Network, source: Source, block: Block, widths: tuple[int, ...]) -> dict[str, tuple[Any]]:
    """Returns, by the setting's name, the value that most blocks show. ``widths`` are those of the stages."""
    found: dict[str, tuple[Any]] = {
        "stem_width": (_stem_width(network, widths),),
        "attention": (Attention.SE if majority(bool(unit.gates) for unit in network.blocks) else Attention.NONE,),
        "norm": (norm_kind(network),),
    }
    if block is Block.BOTTLENECK:
        groups, share = _groups_and_share(network, widths)
        found |= {"groups": (groups,), "width_per_group": (share,)}
    if source is not Source.STATE_DICT:
        found["output_stride"] = (_output_stride(network),)
        blurs = any(is_blur(layer.local, layer.class_name) for unit in network.units for layer in unit.beside)
        found["antialias"] = (Antialias.BLUR if blurs else Antialias.NONE,)
    return found


def norm_kind(network: Network) -> Norm:
    """Returns the kind of the norms in the blocks."""
    norms = [layer.class_name for unit in network.blocks for layer in unit.main if layer.kind is Kind.NORM]
    if not norms:
        return Norm.NONE
    return Norm.GROUP if str(majority(norms)).startswith("GroupNorm") else Norm.BATCH


def unseen_settings(network: Network) -> dict[str, Any]:
    """Returns the settings that change nothing in evaluation, and scales, where the text shows them."""
    drops = [layer for unit in network.blocks for layer in unit.beside if layer.p]
    found: dict[str, Any] = {}
    for name, plain in (("dropout", True), ("stochastic_depth", False)):
        shown = [layer.p or 0.0 for layer in drops if layer.class_name.startswith("Dropout") is plain]
        if 2 * len(shown) > len(network.blocks):
            found[name] = round(min(max(shown), 0.9), 2)
    if 2 * sum(any(layer.kind is Kind.SCALE for layer in unit.beside) for unit in network.blocks) > len(network.blocks):
        found["residual_scale"] = ResidualScale.LEARNED
    return found


def _stem_width(network: Network, widths: tuple[int, ...]) -> int:
    """Returns the stem's channels where they are not the first stage's, in a network whose widths double (WRN)."""
    stem, first = network.stem.outputs, network.blocks[0].convs
    doubles = all(after == 2 * before for before, after in pairwise(widths))
    fits = bool(first) and first[0].inputs in (stem, None)
    return stem if stem and stem != widths[0] and doubles and fits and len(widths) > 1 else 0


def inner_widths(unit: Unit) -> tuple[int, int] | None:
    """Returns what a bottleneck's second convolution puts out, and a quarter of what its last one does."""
    convs = unit.convs
    if len(convs) != 3 or not convs[1].outputs or not convs[2].outputs or convs[2].outputs % 4:
        return None
    return convs[1].outputs, convs[2].outputs // 4


def _groups_and_share(network: Network, widths: tuple[int, ...]) -> tuple[int, int]:
    groups = majority((unit.convs[1].groups for unit in network.blocks if len(unit.convs) == 3), 1)
    votes: list[int] = []
    for stage, width in zip(network.stages, widths, strict=True):
        inner = majority(both[0] for unit in stage.blocks if (both := inner_widths(unit)))
        if inner:
            votes.append(-(-inner * _WIDE // (width * groups)))
    share = majority(votes, _WIDE)
    low, high = LIMITS["groups"]
    if not low <= groups <= high or any(width * share // _WIDE * groups < 1 for width in widths):
        return 1, _WIDE
    return groups, min(max(share, 1), LIMITS["width_per_group"][1])


def _output_stride(network: Network) -> OutputStride:
    """Tells how many of the last stages keep the size of the map: most of their blocks are dilated.

    A table has no dilation; there it is that no convolution of the stage has a stride, and those before have one.
    """
    kept = [_keeps_size(stage) for stage in network.stages[1:]]
    count = next((place for place, keeps in enumerate(reversed(kept)) if not keeps), len(kept))
    last = {1: OutputStride.SIXTEEN, 2: OutputStride.EIGHT}
    return last.get(count, OutputStride.FULL) if len(kept) == 3 else OutputStride.FULL


def _keeps_size(stage: Stage) -> bool:
    convs = [conv for unit in stage.blocks for conv in unit.layers if conv.kind is Kind.CONV]
    if any(conv.dilation for conv in convs):
        dilated = [conv.dilation != (1, 1) for conv in convs if conv.kernel == (3, 3)]
        return 2 * sum(dilated) > len(dilated)
    return {conv.stride for conv in convs} - {None} == {(1, 1)}
