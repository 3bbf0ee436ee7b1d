"""Guesses the configuration of a whole network.

A published network is taken if the text fits it, or differs from it by one slip that people make. Otherwise it is what
most of the text shows, with one irregular stage put in order.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from explorer.check.intended.config_words import LEFT_OPEN, changes_in_words
from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.structure.network import Network
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.layer import Kind
from explorer.network.options import Shortcut, Stem
from explorer.network.presets import PRESET_INFO, Preset, canonical, differences

MAX_IMAGE = 2048  # pixels of a side; every stem and number of stages leaves something of it


def guess_whole(network: Network, possible: PossibleSettings, counts: Mapping[str, int]) -> tuple[ResNetConfig, str]:
    """Returns the configuration and a sentence that says why it was chosen.

    ``counts`` holds the numbers of classes and image channels that the text shows.

    Raises:
        ValueError: no configuration has these settings.
    """
    shape = {
        "stage_blocks": tuple(len(stage.blocks) for stage in network.stages),
        "widths": stage_widths(network, possible["block"][0]),
    }
    exact = _exactly_published(possible, shape, counts)
    if exact:
        return with_fields(exact.config, counts), f"Every setting that the text shows is that of {exact.title}."
    literal = literal_config(possible, shape, counts)
    nearest = _nearest_published(literal, network)
    if nearest:
        config = with_fields(nearest.config, counts)
        return config, f"{nearest.title} is the published network next to it: {changes_in_words(literal, config)}."
    regular = _made_regular(literal)
    if regular != literal:
        return regular, f"Its stages follow a rule but for one: {changes_in_words(literal, regular)}."
    return literal, "No published network has these settings: they are what most of the text shows."


def literal_config(possible: PossibleSettings, shape: Mapping[str, Any], counts: Mapping[str, int]) -> ResNetConfig:
    """Returns the configuration with the likeliest value of each setting, at the largest image size.

    Raises:
        ValueError: no configuration has these settings.
    """
    values = {name: entry[0] for name, entry in possible.items()} | dict(shape) | dict(counts)
    values["image_size"] = MAX_IMAGE
    values.setdefault("num_classes", 10 if values["stem"] is Stem.CIFAR else 1000)
    try:
        return ResNetConfig(**values)
    except ValueError:
        if not Shortcut(values["shortcut"]).pads:
            raise
    return ResNetConfig(**(values | {"shortcut": Shortcut.B}))  # widths that shrink cannot be padded


def _exactly_published(
    possible: PossibleSettings, shape: Mapping[str, Any], counts: Mapping[str, int]
) -> Preset | None:
    """Returns the published network that fits. Likelier shortcuts come first; 1,000 classes rule out CIFAR networks."""
    for shortcut, info in product(possible["shortcut"], PRESET_INFO.values()):
        config = info.config
        fits = all(getattr(config, name) in values for name, values in possible.items() if name != "shortcut")
        same_shape = all(getattr(config, name) == value for name, value in shape.items())
        wrong_classes = config.stem is Stem.CIFAR and counts.get("num_classes") == 1000
        if fits and same_shape and config.shortcut is shortcut and not wrong_classes:
            return info
    return None


def _nearest_published(literal: ResNetConfig, network: Network) -> Preset | None:
    scored = [
        (size, place, info)
        for place, info in enumerate(PRESET_INFO.values())
        if (size := _slip_size(literal, info.config, network)) is not None
    ]
    return min(scored)[2] if scored else None


def _slip_size(literal: ResNetConfig, published: ResNetConfig, network: Network) -> int | None:
    """Returns how large the one slip is that turns ``published`` into ``literal``, or None if it takes more than one.

    A slip is the wrong stem, a missing stage, or one stage with another width or up to two blocks more or fewer.
    """
    one, other = canonical(literal), canonical(published)
    changed = {name for name in differences(one, other) if name not in LEFT_OPEN}
    if changed == {"stem"}:
        usual = (literal.num_classes >= 1000) == (published.stem is not Stem.CIFAR)
        return 1 if usual and Stem.CIFAR in (literal.stem, published.stem) else None
    missing = len(published.widths) - len(literal.widths)
    if changed == {"stage_blocks", "widths"} and missing > 0:
        return 1 + missing if _lacks_stages(literal, published, network) else None
    if len(changed) != 1 or missing:
        return None
    name = changed.pop()
    if name not in ("stage_blocks", "widths"):
        return None
    pairs = zip(getattr(literal, name), getattr(published, name), strict=True)
    gaps: list[int] = [abs(has - expected) for has, expected in pairs if has != expected]
    limit = 2 if name == "stage_blocks" else MAX_IMAGE
    return gaps[0] if len(gaps) == 1 and gaps[0] <= limit else None


def _lacks_stages(literal: ResNetConfig, published: ResNetConfig, network: Network) -> bool:
    """Whether stages are missing while the classifier still expects the features of the published network."""
    linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR]
    features = published.widths[-1] * published.expansion
    if not linear or linear[-1].inputs != features:
        return False
    rest = iter(zip(published.widths, published.stage_blocks, strict=True))
    return all(stage in rest for stage in zip(literal.widths, literal.stage_blocks, strict=True))


def _made_regular(literal: ResNetConfig) -> ResNetConfig:
    """Makes three stages equally long and widths double, where all entries but one say so."""
    counts, widths = literal.stage_blocks, literal.widths
    if len(counts) == 3 and len(set(counts)) == 2:
        counts = (max(set(counts), key=counts.count),) * 3
    if len(widths) >= 3:
        starts = {width // 2**place for place, width in enumerate(widths) if width % 2**place == 0}
        for start in sorted(starts):
            doubling = tuple(start * 2**place for place in range(len(widths)))
            if sum(has != expected for has, expected in zip(widths, doubling, strict=True)) == 1:
                widths = doubling
                break
    try:
        return replace(literal, stage_blocks=counts, widths=widths)
    except ValueError:
        return literal
