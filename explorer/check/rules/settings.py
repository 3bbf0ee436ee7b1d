"""Explains what is different throughout the network: settings, stages, blocks and habits.

A setting with another value is one difference, not one in each layer: the layers are then compared with the network
that has this value.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from explorer.check.intended.config_words import value_words
from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.intended.visible import Visible
from explorer.check.matching.forgive import Comparison, StageMatch
from explorer.check.matching.network import match_networks
from explorer.check.rules.sentences import Finding
from explorer.check.structure.network import Network, Stage
from explorer.check.values import Severity, Source
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.labels import OPTION_LABELS, option_label
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order, Stem
from explorer.network.presets import preset_of
from explorer.text.quantities import counted

_SETTINGS = (
    *("stem", "block", "order", "norm", "groups", "width_per_group", "stem_width", "output_stride", "attention"),
    *("antialias", "shortcut", "shortcut_norm", "activation", "stride_in", "conv_bias"),
)


# By how many faults a change has to bring the networks closer. These two settings show in one layer only.
_LEAST_GAIN, _LEAST_GAINS = 2, {"num_classes": 1, "in_channels": 1}

Change = Callable[[ResNetConfig], Mapping[str, Any]]  # from a configuration to the fields that are set


def explain_settings(
    network: Network, config: ResNetConfig, visible: Visible, possible: PossibleSettings, counts: Mapping[str, int]
) -> tuple[Comparison, tuple[Finding, ...]]:
    """Finds settings with another value throughout the network, as far as they bring the two networks closer.

    Returns the comparison with ``config`` after these settings are changed, and a finding for each of them.

    Raises:
        ValueError: ``config`` has no layers (see ``analyze``).
    """
    best, findings = match_networks(network, config, visible), []
    if not best.cost:
        return best, ()
    for change, finding in _candidates(network, config, visible, possible, counts):
        try:
            changed = match_networks(network, with_fields(best.config, change(best.config)), visible)
        except ValueError:
            continue
        if changed.cost <= best.cost - _LEAST_GAINS.get(finding.key, _LEAST_GAIN):
            best = changed
            findings.append(finding)
    return best, tuple(findings)


def _candidates(
    network: Network, config: ResNetConfig, visible: Visible, possible: PossibleSettings, counts: Mapping[str, int]
) -> Iterator[tuple[Change, Finding]]:
    """Yields a change for each setting that the text shows with another value, and what is said if it is made."""
    for name in _SETTINGS:
        if name in possible and getattr(config, name) not in possible[name]:
            value = possible[name][0]
            yield _set(name, value), _wrong_setting(network, config, name, value)
    for name, value in counts.items():
        if getattr(config, name) != value:
            yield _set(name, value), _wrong_count(network, config, name, value)
    widths = stage_widths(network, possible["block"][0])
    for place, (stage, width) in enumerate(zip(network.stages, widths, strict=True), start=visible.offset):
        if place < len(config.widths) and config.widths[place] != width:
            yield _set_width(place, width), _wrong_width(stage, config.widths[place], width, config)


def _set(name: str, value: Any) -> Change:
    return lambda _: {name: value}


def _set_width(place: int, width: int) -> Change:
    return lambda config: {"widths": (*config.widths[:place], width, *config.widths[place + 1 :])}


def _wrong_width(stage: Stage, expected: int, width: int, config: ResNetConfig) -> Finding:
    rule = "widths usually double from stage to stage" if len(config.widths) > 1 else "the stem has the same width"
    return Finding(
        stage.name or "network",
        f"has width {width:,}, expected {expected:,}",
        f"all its blocks agree, so the number was given wrong where the stage is made; {rule}.",
        Severity.ERROR,
        f"width {stage.name}",
    )


def _wrong_count(network: Network, config: ResNetConfig, name: str, value: int) -> Finding:
    expected = getattr(config, name)
    if name == "num_classes":
        linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR]
        what = f"has {counted(value, 'output')}, expected {expected:,}"
        return Finding(linear[-1].name, what, "the number of classes is another.", Severity.ERROR, name)
    what = f"reads {counted(value, 'channel')}, expected {expected:,}"
    cause = "the images have another number of channels: 3 are colours, 1 is grey."
    return Finding(network.stem.convs[0].name, what, cause, Severity.ERROR, name)


def _wrong_setting(network: Network, config: ResNetConfig, name: str, value: Any) -> Finding:
    expected = getattr(config, name)
    if name == "stem":
        return _wrong_stem(network, Stem(expected), Stem(value))
    what, cause, severity = _setting_words(name, value, expected)
    return Finding("network", what, cause, severity, name)


def _wrong_stem(network: Network, expected: Stem, value: Stem) -> Finding:
    conv = network.stem.convs[0]
    what = f"is the stem “{OPTION_LABELS[value]}”, expected “{OPTION_LABELS[expected]}”"
    if value is Stem.CIFAR:
        cause = "a CIFAR stem on larger images: without the two halvings every map has 16 times as many positions."
    elif expected is Stem.CIFAR:
        cause = "an ImageNet stem on small images: of 32×32 pixels it leaves 8×8 before the first stage."
    else:
        cause = "three 3×3 convolutions in place of one 7×7 are ResNet-C's and -D's."
    return Finding(conv.name, what, cause, Severity.ERROR, "stem")


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
        if Norm.NONE not in (value, expected):
            has, other = (option_label("norm", each).lower() for each in (value, expected))
            cause = "batch norm depends on the other images of a batch, group norm does not."
        return f"has {has}, expected {other}", cause, Severity.ERROR
    causes = {
        "block": "the other kind of block was handed to the stages.",
        "order": "post-activation is He et al. 2015, pre-activation 2016.",
        "shortcut": "the options differ in what they do where the shape changes.",
        "activation": "it is another one throughout.",
        "stride_in": "v1 (the paper) strides in the first 1×1, v1.5 (torchvision) in the 3×3.",
    }
    if name in _FAMILY:
        what, cause = _FAMILY[name]
        return f"has {what} {value_words(name, value)}, expected {value_words(name, expected)}", cause, Severity.ERROR
    severity = Severity.WARNING if name == "stride_in" else Severity.ERROR
    labels = f"{_label(name, value)}, expected {_label(name, expected)}"
    nouns = {"block": "blocks", "order": "order", "shortcut": "shortcuts", "activation": "activation"}
    return f"has {nouns.get(name, 'stride')} {labels}", causes[name], severity


_FAMILY = {
    "groups": ("groups", "groups make it a ResNeXt, with fewer weights in each 3×3 convolution."),
    "width_per_group": (
        "a width per group of",
        "it is the width inside of bottlenecks: 64, and 128 in Wide ResNet-50-2.",
    ),
    "stem_width": (
        "a stem of width",
        "the stem of a Wide ResNet stays at 16 channels, other stems have the first width.",
    ),
    "output_stride": (
        "output stride",
        "dilation replaces the stride of the last stages where maps have to stay large.",
    ),
    "attention": ("attention", "squeeze-and-excitation at the end of a branch makes it an SE-ResNet."),
    "antialias": ("antialiasing", "a blur before the map is subsampled makes it another network (Zhang 2019)."),
}


def _label(name: str, value: Any) -> str:
    return f"“{option_label(name, value)}”"


def stages_and_blocks(comparison: Comparison) -> Iterator[Finding]:
    """Finds missing and extra stages and blocks."""
    present = {stage.read.name for stage in comparison.stages}
    for number in comparison.missing:
        name = _stage_name(present, number)
        blocks = counted(comparison.config.stage_blocks[number - 1], "block")
        cause = "it was never made, or its name was assigned twice."
        yield Finding(name, f"is missing: expected {blocks}", cause, Severity.ERROR, f"no stage {number}")
    for stage in comparison.extra:
        what = f"is a stage more than expected, of {counted(len(stage.blocks), 'block')}"
        cause = f"the network was meant to have {len(comparison.config.widths)} stages."
        yield Finding(stage.name or stage.blocks[0].name, what, cause, Severity.ERROR, f"extra stage {stage.name}")
    for match in comparison.stages:
        if match.missing or match.extra:
            yield _wrong_block_count(match)


def _stage_name(present: set[str], number: int) -> str:
    """Names a missing stage like the stages that are there."""
    stems = {name.rstrip("0123456789") for name in present if name}
    return f"{stems.pop() if len(stems) == 1 else 'layer'}{number}"


def _wrong_block_count(stage: StageMatch) -> Finding:
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
        stage.read.name or stage.read.blocks[0].name, what, cause, Severity.ERROR, f"blocks {stage.read.name}"
    )


def network_notes(comparison: Comparison, visible: Visible, *, guessed: bool) -> Iterator[Finding]:
    """Notes a shared activation module, and biases that the norms after them undo."""
    config = comparison.config
    needed = config.convs_per_block
    cut = (visible.cut_start or visible.cut_end) and len(comparison.network.blocks) == 1
    if 0 < visible.activations < needed and visible.source is Source.PRINTED and not cut:
        unit = next(
            unit for unit in comparison.network.blocks if any(layer.kind is Kind.ACTIVATION for layer in unit.main)
        )
        layer = next(layer for layer in unit.main if layer.kind is Kind.ACTIVATION)
        what = f"is there {'once' if visible.activations == 1 else 'twice'} where a block activates {_times(needed)}"
        cause = "one module is probably used several times, as torchvision does: a hook on it then fires each time."
        yield Finding(layer.name, what, cause, Severity.NOTE, "shared")
    for unit in comparison.network.units:
        for layer in unit.beside if not config.dropout else ():
            if layer.class_name.startswith("Dropout"):
                cause = "Dropout does nothing when the network is evaluated; ResNets do without it."
                yield Finding(layer.name, "is extra", cause, Severity.NOTE, f"extra {layer.class_name}")
    redundant = config.conv_bias and config.norm is Norm.BATCH and config.order is Order.POST
    if redundant and guessed and preset_of(config) is None:
        cause = "the norm after each convolution takes any bias out again; bias=False saves it."
        yield Finding("network", "has a bias in every convolution", cause, Severity.NOTE, "all biases")


def _times(count: int) -> str:
    return {2: "twice"}.get(count, f"{counted(count, 'time')}")
