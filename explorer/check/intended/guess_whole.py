"""Guesses the configuration of a whole network.

A published network is taken if the text fits it, or differs from it by one slip that people make. Otherwise it is what
most of the text shows, with one irregular stage put in order.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from operator import ne

from explorer.check.intended.config_words import LEFT_OPEN, changes_in_words
from explorer.check.intended.settings import COUNTS, SHAPE, PossibleSettings
from explorer.check.structure.network import Network
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.options import Shortcut, Stem
from explorer.network.presets import PRESET_INFO, Preset, canonical, differences

MAX_IMAGE = 2048  # pixels of a side; every stem and number of stages leaves something of it


def guess_whole(network: Network, possible: PossibleSettings) -> tuple[ResNetConfig, str]:
    """Returns the configuration and a sentence that says why it was chosen.

    Raises:
        ValueError: no configuration has these settings.
    """
    exact = _exactly_published(possible)
    if exact:
        return adapted(exact.config, possible, COUNTS), f"Every setting that the text shows is that of {exact.title}."
    literal = literal_config(possible)
    slips = {info: size for info in PRESET_INFO.values() if (size := _slip_size(literal, info.config, network))}
    if slips:
        nearest = min(slips, key=lambda info: slips[info])
        config = adapted(nearest.config, possible, COUNTS)
        return config, f"{nearest.title} is the published network next to it: {changes_in_words(literal, config)}."
    regular = _made_regular(literal)
    if regular != literal:
        return regular, f"Its stages follow a rule but for one: {changes_in_words(literal, regular)}."
    return literal, "No published network has these settings: they are what most of the text shows."


def adapted(config: ResNetConfig, possible: PossibleSettings, names: Sequence[str] = ()) -> ResNetConfig:
    """Returns a configuration with the settings that the text shows as others: those named, or all but the stages."""
    told = {name: possible[name] for name in names or possible if name in possible and name not in SHAPE}
    return with_fields(config, {name: told[name][0] for name in told if getattr(config, name) not in told[name]})


def literal_config(possible: PossibleSettings) -> ResNetConfig:
    """Returns the configuration with the likeliest value of each setting, at the largest image size.

    Raises:
        ValueError: no configuration has these settings.
    """
    values = {name: entry[0] for name, entry in possible.items()} | {"image_size": MAX_IMAGE}
    values.setdefault("num_classes", 10 if values["stem"] is Stem.CIFAR else 1000)
    try:
        return ResNetConfig(**values)
    except ValueError:
        if not Shortcut(values["shortcut"]).pads:
            raise
    return ResNetConfig(**(values | {"shortcut": Shortcut.B}))  # widths that shrink cannot be padded


def _exactly_published(possible: PossibleSettings) -> Preset | None:
    """Returns the published network that fits. Likelier shortcuts come first; 1,000 classes rule out CIFAR networks."""
    shown = [(name, values) for name, values in possible.items() if name not in ("shortcut", *COUNTS)]
    for shortcut, info in product(possible["shortcut"], PRESET_INFO.values()):
        fits = all(getattr(info.config, name) in values for name, values in shown)
        wrong_classes = info.config.stem is Stem.CIFAR and possible.get("num_classes") == (1000,)
        if fits and info.config.shortcut is shortcut and not wrong_classes:
            return info
    return None


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
        # The classifier still expects the features of the published network, and its other stages are all there.
        features = network.classifier.inputs if network.classifier else None
        rest = iter(zip(published.widths, published.stage_blocks, strict=True))
        left = all(stage in rest for stage in zip(literal.widths, literal.stage_blocks, strict=True))
        return 1 + missing if left and features == published.widths[-1] * published.expansion else None
    if missing or changed not in ({"stage_blocks"}, {"widths"}):
        return None
    (name,) = changed
    pairs = zip(getattr(literal, name), getattr(published, name), strict=True)
    gaps: list[int] = [abs(has - expected) for has, expected in pairs if has != expected]
    limit = 2 if name == "stage_blocks" else MAX_IMAGE
    return gaps[0] if len(gaps) == 1 and gaps[0] <= limit else None


def _made_regular(literal: ResNetConfig) -> ResNetConfig:
    """Makes three stages equally long and widths double, where all entries but one say so."""
    counts, widths = literal.stage_blocks, literal.widths
    if len(counts) == 3 and len(set(counts)) == 2:
        counts = (max(set(counts), key=counts.count),) * 3
    if len(widths) >= 3:
        starts = {width // 2**place for place, width in enumerate(widths) if width % 2**place == 0}
        doubled = (tuple(start * 2**place for place in range(len(widths))) for start in sorted(starts))
        widths = next((each for each in doubled if sum(map(ne, widths, each)) == 1), widths)
    try:
        return replace(literal, stage_blocks=counts, widths=widths)
    except ValueError:
        return literal
