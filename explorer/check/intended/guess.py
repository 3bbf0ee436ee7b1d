"""The configuration that a network was meant to be: a published one if the text fits it or nearly does, else what most
of the text says, put in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from explorer.check.intended.settings import Options, widths
from explorer.check.structure.network import Network
from explorer.check.values import CheckError, ReadText
from explorer.network.config import ResNetConfig, Shortcut, Stem, inactive_fields, with_fields
from explorer.network.labels import FIELD_LABELS, in_words, option_label
from explorer.network.layer import Kind
from explorer.network.presets import PRESET_INFO, Preset, canonical, differences, name_of, preset_of

# What a text may leave open, in the order in which its likelier values give way.
_UNTOLD = ("init", "zero_init_residual", "image_size", "num_classes", "in_channels")
_MAX_IMAGE = 2048


@dataclass(frozen=True, slots=True)
class Guess:
    """``offset``: the stage of ``config`` that the text's first one is, from 0."""

    config: ResNetConfig
    why: str
    offset: int = 0


def guess(network: Network, found: Options, reading: ReadText, *, side: int | None, partial: bool) -> Guess:
    """What the text was meant to be, from the settings ``found`` in it.

    Raises:
        CheckError: it is no network that a configuration can describe; the message says what is allowed.
    """
    told = told_by(network)
    try:
        if partial:
            config, why, offset = _of_parts(network, found, told, reading)
        else:
            config, why = _of_all(network, found, told)
            offset = 0
        return Guess(with_image(config, side), why, offset)
    except ValueError as error:
        raise CheckError(
            f"The text shows blocks, but of no network that can be described: {in_words(str(error))}"
        ) from error


def with_image(config: ResNetConfig, side: int | None) -> ResNetConfig:
    """The same for images of ``side`` pixels; where no text tells, those that the stem is made for."""
    usual = 32 if config.stem is Stem.CIFAR else 224
    return replace(config, image_size=min(side or usual, _MAX_IMAGE))


def told_by(network: Network) -> dict[str, int]:
    """The numbers at both ends of the network, where they are shown."""
    told: dict[str, int] = {}
    linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR and layer.outputs]
    convs = network.stem.convs
    if linear:
        told["num_classes"] = linear[-1].outputs or 1
    if convs and convs[0].inputs:
        told["in_channels"] = convs[0].inputs
    return told


def _of_all(network: Network, found: Options, told: Mapping[str, int]) -> tuple[ResNetConfig, str]:
    block = found["block"][0]
    shape = {
        "stage_blocks": tuple(len(stage.blocks) for stage in network.stages),
        "widths": widths(network, block),
    }
    exact = _published(found, shape, told)
    if exact:
        return _with_told(exact.config, told), f"Every setting that the text shows is that of {exact.title}."
    literal = _literal(found, shape, told)
    near = _near(literal, network)
    if near:
        config = _with_told(near.config, told)
        return config, f"{near.title} is the published network next to it: {_parts_in_words(literal, config)}."
    regular = _regular(literal)
    if regular != literal:
        return regular, f"Its stages follow a rule but for one: {_parts_in_words(literal, regular)}."
    return literal, "No published network has these settings: they are what most of the text shows."


def _published(found: Options, shape: Mapping[str, Any], told: Mapping[str, int]) -> Preset | None:
    """The published network that fits, by the likelier shortcut first. ImageNet's classes speak against a CIFAR one."""
    for shortcut, info in product(found["shortcut"], PRESET_INFO.values()):
        config = info.config
        fits = all(getattr(config, name) in values for name, values in found.items() if name != "shortcut")
        same = all(getattr(config, name) == value for name, value in shape.items())
        odd = config.stem is Stem.CIFAR and told.get("num_classes") == 1000
        if fits and same and config.shortcut is shortcut and not odd:
            return info
    return None


def _with_told(config: ResNetConfig, told: Mapping[str, int]) -> ResNetConfig:
    return with_fields(config, told)


def _literal(found: Options, shape: Mapping[str, Any], told: Mapping[str, int]) -> ResNetConfig:
    values = {name: entry[0] for name, entry in found.items()} | dict(shape) | dict(told)
    values["image_size"] = _MAX_IMAGE
    values.setdefault("num_classes", 10 if values["stem"] is Stem.CIFAR else 1000)
    try:
        return ResNetConfig(**values)
    except ValueError:
        if not Shortcut(values["shortcut"]).pads:
            raise
    return ResNetConfig(**(values | {"shortcut": Shortcut.B}))  # widths that shrink cannot be padded


def _changed(config: ResNetConfig, base: ResNetConfig) -> set[str]:
    """The settings that make another network, but for those that a text may leave open."""
    one, other = canonical(config), canonical(base)
    return {name for name in differences(one, other) if name not in _UNTOLD}


def _near(literal: ResNetConfig, network: Network) -> Preset | None:
    """The published network of which ``literal`` is most likely a slip."""
    scored = [
        (score, place, info)
        for place, info in enumerate(PRESET_INFO.values())
        if (score := _slip(literal, info.config, network)) is not None
    ]
    return min(scored)[2] if scored else None


def _slip(literal: ResNetConfig, base: ResNetConfig, network: Network) -> int | None:
    """How far apart two networks are that differ in one thing that people get wrong; None where it is more."""
    changed = _changed(literal, base)
    if changed == {"stem"}:
        usual = (literal.num_classes == 1000) == (base.stem is not Stem.CIFAR)
        return 1 if usual and Stem.CIFAR in (literal.stem, base.stem) else None
    missing = len(base.widths) - len(literal.widths)
    if changed == {"stage_blocks", "widths"} and missing > 0:
        return 1 + missing if _lacks_stages(literal, base, network) else None
    if len(changed) != 1 or missing:
        return None
    name = changed.pop()
    if name not in ("stage_blocks", "widths"):
        return None
    entries: tuple[int, ...] = getattr(literal, name)
    pairs = zip(entries, getattr(base, name), strict=True)
    steps = [abs(one - other) for one, other in pairs if one != other]
    limit = 2 if name == "stage_blocks" else _MAX_IMAGE
    return steps[0] if len(steps) == 1 and steps[0] <= limit else None


def _lacks_stages(literal: ResNetConfig, base: ResNetConfig, network: Network) -> bool:
    """Whether stages are missing, and the classifier, or the name of a later stage, still tells of them."""
    linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR]
    features = base.widths[-1] * base.expansion
    if not linear or linear[-1].inputs != features:
        return False
    rest = iter(zip(base.widths, base.stage_blocks, strict=True))
    return all(stage in rest for stage in zip(literal.widths, literal.stage_blocks, strict=True))


def _regular(literal: ResNetConfig) -> ResNetConfig:
    """Widths that double, and three stages as long as each other, where all but one entry say so."""
    counts, wide = literal.stage_blocks, literal.widths
    if len(counts) == 3 and len(set(counts)) == 2:
        common = max(set(counts), key=counts.count)
        counts = (common,) * 3
    if len(wide) >= 3:
        starts = {width // 2**place for place, width in enumerate(wide) if width % 2**place == 0}
        for start in sorted(starts):
            doubling = tuple(start * 2**place for place in range(len(wide)))
            if sum(one != other for one, other in zip(wide, doubling, strict=True)) == 1:
                wide = doubling
                break
    try:
        return replace(literal, stage_blocks=counts, widths=wide)
    except ValueError:
        return literal


def _parts_in_words(literal: ResNetConfig, config: ResNetConfig) -> str:
    changed = [name for name in differences(literal, config) if name not in _UNTOLD]
    values = {name: [value_words(name, getattr(entry, name)) for entry in (literal, config)] for name in changed}
    return ", ".join(f"{FIELD_LABELS[name].lower()} {has} for {meant}" for name, (has, meant) in values.items())


def value_words(name: str, value: Any) -> str:
    """A setting's value as a reader knows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(str, value)) + ")"
    return option_label(name, value) if isinstance(value, str) else f"{value:,}"


# A part of a network.


def _of_parts(
    network: Network, found: Options, told: Mapping[str, int], reading: ReadText
) -> tuple[ResNetConfig, str, int]:
    """The published network in which the stages that are shown fit best, and where; else one made up around them."""
    shown = widths(network, found["block"][0])
    counts = [len(stage.blocks) for stage in network.stages]
    best: tuple[int, int, int, Preset] | None = None
    for place, info in enumerate(PRESET_INFO.values()):
        for offset in _offsets(network, info.config):
            cost = _misfit(info.config, offset, shown, network, reading) + _unlike(info.config, found, told)
            entry = (cost, place, offset, info)
            best = min(best, entry, key=lambda one: one[:2]) if best else entry
    if best and best[0] < 40:
        _, _, offset, info = best
        config = _with_told(_adapted(info.config, found), told)
        return (
            config,
            f"The part fits {info.title}; others may have the same part.",
            offset,
        )
    offset = (network.stages[0].number or 1) - 1
    ahead = range(offset, 0, -1)
    shape = {
        "stage_blocks": (*(counts[0] for _ in ahead), *counts),
        "widths": (*(max(shown[0] // 2**step, 1) for step in ahead), *shown),
    }
    return _literal(found, shape, told), "No published network has these widths: it is made up around the part.", offset


def _offsets(network: Network, config: ResNetConfig) -> Iterable[int]:
    last = len(config.widths) - len(network.stages)
    number = network.stages[0].number
    return range(number - 1, min(number, last + 1)) if number else range(last + 1)


def _misfit(config: ResNetConfig, offset: int, shown: tuple[int, ...], network: Network, reading: ReadText) -> int:
    """How badly the stages fit there: widths above all, then the number of blocks, where the text shows all."""
    cost = 0
    for place, (width, stage) in enumerate(zip(shown, network.stages, strict=True)):
        expected: int = config.stage_blocks[offset + place]
        blocks = len(stage.blocks)
        first, last = place == 0, place == len(shown) - 1
        whole = stage.bounded and not (reading.cut_start and first) and not (reading.cut_end and last)
        cost += 20 * (config.widths[offset + place] != width)
        cost += abs(expected - blocks) if whole else max(blocks - expected, 0)
    return cost


def _unlike(config: ResNetConfig, found: Options, told: Mapping[str, int]) -> int:
    names = [name for name in found if name not in inactive_fields(config)]
    if config.block not in found["block"]:
        return 100
    unlike: int = sum(getattr(config, name) not in found[name] for name in names)
    other: int = sum(getattr(config, name) != value for name, value in told.items())
    return 3 * unlike + other


def _adapted(config: ResNetConfig, found: Options) -> ResNetConfig:
    """The published network with what the text shows otherwise."""
    return with_fields(
        config, {name: values[0] for name, values in found.items() if getattr(config, name) not in values}
    )


def title(config: ResNetConfig) -> str:
    """What people call the network."""
    known = preset_of(config)
    return known.title if known else name_of(config)
