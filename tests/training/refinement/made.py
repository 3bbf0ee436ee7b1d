"""Measured blocks as values, made without a network."""

from dataclasses import replace

from explorer import preset
from explorer.training.refinement.values import STEM, BlockChange, Reading, Refinement


def made(
    ratios: list[float],
    rights: list[int],
    *,
    cosines: list[float] | None = None,
    initial: bool = False,
    right: int = 930,
    **changed: object,
) -> Refinement:
    """A network of one stage, read on 1,000 pictures; ``ratios`` are empty for a plain one."""
    config = replace(
        preset("resnet20"),
        stage_blocks=(len(rights) - 1,),
        widths=(16,),
        **{"shortcut": "A" if ratios else "none", **changed},
    )
    places = [STEM, *(f"layer1.{number}" for number in range(len(rights) - 1))]
    each = zip(places[1:], ratios, cosines or [0.1] * len(ratios), strict=False)
    changes = tuple(BlockChange(place, 2 * ratio, 2.0, cosine, 0.0) for place, ratio, cosine in each)
    readings = tuple(map(Reading, places, rights))
    return Refinement(config, initial, 1_000, 1_000, right, changes, readings)
