"""Explains mistakes of whole stages and of the whole network.

A setting with another value throughout is one difference, not one in each layer: the layers are then compared with the
network that has this value.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.intended.visible import Visible
from explorer.check.matching.comparison import Comparison, StageMatch
from explorer.check.matching.network import match_networks
from explorer.check.rules.finding import Finding
from explorer.check.structure.network import Network, Stage
from explorer.check.values import Severity, Source
from explorer.network.config import Norm, Order, ResNetConfig, Stem, with_fields
from explorer.network.labels import OPTION_LABELS, option_label
from explorer.network.layer import Kind
from explorer.network.presets import preset_of
from explorer.text.quantities import counted

_SETTINGS = ("stem", "block", "order", "norm", "shortcut", "shortcut_norm", "activation", "stride_in", "conv_bias")


def explain_settings(
    network: Network, config: ResNetConfig, visible: Visible, found: PossibleSettings, counts: Mapping[str, int]
) -> tuple[Comparison, tuple[Finding, ...]]:
    """Finds settings with another value throughout the network, as far as they bring the two networks closer.

    Returns the comparison with ``config`` after these settings are changed, and a finding for each of them.

    Raises:
        ValueError: ``config`` has no layers (see ``analyze``).
    """
    best, findings = match_networks(network, config, visible), []
    if not best.cost:
        return best, ()
    for changed, finding in _candidates(network, config, visible, found, counts):
        try:
            other = match_networks(network, with_fields(best.config, changed(best.config)), visible)
        except ValueError:
            continue
        number = finding.key[0] in ("num_classes", "in_channels")
        if other.cost <= best.cost - (1 if number else 2):
            best = other
            findings.append(finding)
    return best, tuple(findings)


def _candidates(
    network: Network, config: ResNetConfig, visible: Visible, found: PossibleSettings, counts: Mapping[str, int]
) -> Iterator[tuple[Any, Finding]]:
    for name in _SETTINGS:
        if getattr(config, name) not in found[name]:
            value = found[name][0]
            yield _setter(name, value), _setting(network, config, name, value)
    for name, value in counts.items():
        if getattr(config, name) != value:
            yield _setter(name, value), _number(network, config, name, value)
    shown = stage_widths(network, found["block"][0])
    for place, (stage, width) in enumerate(zip(network.stages, shown, strict=True), start=visible.offset):
        if place < len(config.widths) and config.widths[place] != width:
            yield _width_setter(place, width), _width(stage, config.widths[place], width, config)


def _setter(name: str, value: Any) -> Any:
    return lambda _: {name: value}


def _width_setter(place: int, width: int) -> Any:
    return lambda config: {"widths": (*config.widths[:place], width, *config.widths[place + 1 :])}


def _width(stage: Stage, expected: int, width: int, config: ResNetConfig) -> Finding:
    rule = "widths usually double from stage to stage" if len(config.widths) > 1 else "the stem has the same width"
    return Finding(
        stage.name or "network",
        f"has width {width:,}, expected {expected:,}",
        f"all its blocks agree, so the number was given wrong where the stage is made; {rule}.",
        Severity.ERROR,
        ("width", stage.name),
    )


def _number(network: Network, config: ResNetConfig, name: str, value: int) -> Finding:
    expected = getattr(config, name)
    if name == "num_classes":
        linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR]
        what = f"has {counted(value, 'output')}, expected {expected:,}"
        return Finding(linear[-1].name, what, "the number of classes is another.", Severity.ERROR, (name,))
    what = f"reads {counted(value, 'channel')}, expected {expected:,}"
    cause = "the images have another number of channels: 3 are colours, 1 is grey."
    return Finding(network.stem.convs[0].name, what, cause, Severity.ERROR, (name,))


def _setting(network: Network, config: ResNetConfig, name: str, value: Any) -> Finding:
    expected = getattr(config, name)
    if name == "stem":
        return _stem(network, Stem(expected), Stem(value))
    what, cause, severity = _setting_words(name, value, expected)
    return Finding("network", what, cause, severity, (name,))


def _stem(network: Network, expected: Stem, value: Stem) -> Finding:
    conv = network.stem.convs[0]
    what = f"is the stem “{OPTION_LABELS[value]}”, expected “{OPTION_LABELS[expected]}”"
    if value is Stem.CIFAR:
        cause = "a CIFAR stem on larger images: without the two halvings every map has 16 times as many positions."
    elif expected is Stem.CIFAR:
        cause = "an ImageNet stem on small images: of 32×32 pixels it leaves 8×8 before the first stage."
    else:
        cause = "three 3×3 convolutions in place of one 7×7 are ResNet-C's and -D's."
    return Finding(conv.name, what, cause, Severity.ERROR, ("stem",))


def _setting_words(name: str, value: Any, expected: Any) -> tuple[str, str, Severity]:
    if name == "conv_bias":
        if value:
            cause = "the norm after each convolution takes any bias out again: bias=False was left out."
            return "has a bias in every convolution, expected none", cause, Severity.WARNING
        return "has no bias in its convolutions, expected one in each", "bias=False was written.", Severity.ERROR
    if name == "shortcut_norm":
        has, other = ("a norm", "none") if value else ("no norm", "one")
        cause = "torchvision has a norm after each projection, KellerJordan none."
        return f"has {has} after its projections, expected {other}", cause, Severity.ERROR
    if name == "norm":
        has, other = ("norms", "none") if value is Norm.BATCH else ("no norms", "batch norm")
        cause = "deep networks without norm need care with the initial weights."
        return f"has {has}, expected {other}", cause, Severity.ERROR
    causes = {
        "block": "the other kind of block was handed to the stages.",
        "order": "post-activation is He et al. 2015, pre-activation 2016.",
        "shortcut": "the options differ in what they do where the shape changes.",
        "activation": "it is another one throughout.",
        "stride_in": "v1 (the paper) strides in the first 1×1, v1.5 (torchvision) in the 3×3.",
    }
    severity = Severity.WARNING if name == "stride_in" else Severity.ERROR
    labels = f"{_label(name, value)}, expected {_label(name, expected)}"
    nouns = {"block": "blocks", "order": "order", "shortcut": "shortcuts", "activation": "activation"}
    return f"has {nouns.get(name, 'stride')} {labels}", causes[name], severity


def _label(name: str, value: Any) -> str:
    return f"“{option_label(name, value)}”"


def stages_and_blocks(found: Comparison) -> Iterator[Finding]:
    """Finds missing and extra stages and blocks."""
    present = {stage.read.name for stage in found.stages}
    for number in found.missing:
        name = _stage_name(present, number)
        blocks = counted(found.config.stage_blocks[number - 1], "block")
        cause = "it was never made, or its name was assigned twice."
        yield Finding(name, f"is missing: expected {blocks}", cause, Severity.ERROR, ("no stage", number))
    for stage in found.extra:
        what = f"is a stage more than expected, of {counted(len(stage.blocks), 'block')}"
        cause = f"the network was meant to have {len(found.config.widths)} stages."
        yield Finding(stage.name or stage.blocks[0].name, what, cause, Severity.ERROR, ("extra stage", stage.name))
    for match in found.stages:
        if match.missing or match.extra:
            yield _blocks(match)


def _stage_name(present: set[str], number: int) -> str:
    """Names a missing stage like the stages that are there."""
    stems = {name.rstrip("0123456789") for name in present if name}
    return f"{stems.pop() if len(stems) == 1 else 'layer'}{number}"


def _blocks(stage: StageMatch) -> Finding:
    count = len(stage.read.blocks)
    what = f"has {counted(count, 'block')}, expected {stage.expected:,}"
    gone = stage.missing or stage.extra
    first = bool(stage.missing) and stage.missing[0].name.endswith(".0")
    if first:
        cause = "the first one, which changes the shape, is missing."
    elif stage.missing:
        cause = f"{counted(len(gone), 'block')} {'is' if len(gone) == 1 else 'are'} missing from the list of blocks."
    else:
        cause = f"{counted(len(gone), 'block')} {'is' if len(gone) == 1 else 'are'} too many in the list of blocks."
    return Finding(
        stage.read.name or stage.read.blocks[0].name, what, cause, Severity.ERROR, ("blocks", stage.read.name)
    )


def network_notes(found: Comparison, visible: Visible, *, guessed: bool) -> Iterator[Finding]:
    """Notes a shared activation module, and biases that the norms after them undo."""
    config = found.config
    needed = config.convs_per_block
    cut = (visible.cut_start or visible.cut_end) and len(found.network.blocks) == 1
    if 0 < visible.activations < needed and visible.source is Source.PRINTED and not cut:
        unit = next(unit for unit in found.network.blocks if any(layer.kind is Kind.ACTIVATION for layer in unit.main))
        layer = next(layer for layer in unit.main if layer.kind is Kind.ACTIVATION)
        what = f"is there {'once' if visible.activations == 1 else 'twice'} where a block activates {_times(needed)}"
        cause = "one module is probably used several times, as torchvision does: a hook on it then fires each time."
        yield Finding(layer.name, what, cause, Severity.NOTE, ("shared",))
    redundant = config.conv_bias and config.norm is Norm.BATCH and config.order is Order.POST
    if redundant and guessed and preset_of(config) is None:
        cause = "the norm after each convolution takes any bias out again; bias=False saves it."
        yield Finding("network", "has a bias in every convolution", cause, Severity.NOTE, ("all biases",))


def _times(count: int) -> str:
    return {2: "twice"}.get(count, f"{counted(count, 'time')}")
