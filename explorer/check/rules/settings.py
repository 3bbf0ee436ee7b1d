"""Explains what is different throughout the network: settings, stages, blocks and habits.

A setting with another value is one difference, not one in each layer: the layers are then compared with the network
that has this value.
"""

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from explorer.check.intended.config_words import value_words
from explorer.check.intended.family_settings import unseen_settings
from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.intended.visible import Visible
from explorer.check.matching.forgive import Comparison, StageMatch
from explorer.check.matching.network import match_networks
from explorer.check.rules.finding import Finding, fill
from explorer.check.structure.network import Network, Stage
from explorer.check.values import Severity, Source
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import OPTION_LABELS
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order
from explorer.network.presets import preset_of
from explorer.text.quantities import counted

_SETTINGS = (
    *("stem", "block", "order", "norm", "groups", "width_per_group", "stem_width", "output_stride"),
    *("shortcut", "shortcut_norm", "activation", "stride_in", "conv_bias"),
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
    findings = []
    for name, value in _shown_beside(network, visible, possible):
        if value != getattr(config, name) and name not in inactive_fields(config):
            findings.append(_wrong(network, config, name, value))
            config = with_fields(config, {name: value})
    best = match_networks(network, config, visible)
    if not best.cost:
        return best, tuple(findings)
    for change, finding in _candidates(network, config, visible, possible, counts):
        try:
            changed = match_networks(network, with_fields(best.config, change(best.config)), visible)
        except ValueError:
            continue
        if changed.cost <= best.cost - _LEAST_GAINS.get(finding.key, _LEAST_GAIN):
            best = changed
            findings.append(finding)
    return best, tuple(findings)


def _shown_beside(network: Network, visible: Visible, possible: PossibleSettings) -> Iterator[tuple[str, Any]]:
    """Yields the settings of which no layer that is matched tells, and their values."""
    yield "attention", possible["attention"][0]
    if "antialias" in possible and not visible.partial:
        yield "antialias", possible["antialias"][0]
    if scale := unseen_settings(network).get("residual_scale"):  # a bare parameter does not show, so none tells nothing
        yield "residual_scale", scale


def _candidates(
    network: Network, config: ResNetConfig, visible: Visible, possible: PossibleSettings, counts: Mapping[str, int]
) -> Iterator[tuple[Change, Finding]]:
    """Yields a change for each setting that the text shows with another value, and what is said if it is made."""
    for name in _SETTINGS:
        if name in possible and getattr(config, name) not in possible[name]:
            value = possible[name][0]
            yield _set(name, value), _wrong(network, config, name, value)
    for name, value in counts.items():
        if getattr(config, name) != value:
            yield _set(name, value), _wrong(network, config, name, value)
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
    what = f"has width {width:,}, expected {expected:,}"
    cause = f"all its blocks agree, so the number was given wrong where the stage is made; {rule}."
    return Finding(stage.name or "network", what, cause, Severity.ERROR, f"width {stage.name}")


def _wrong(network: Network, config: ResNetConfig, name: str, value: Any) -> Finding:
    """Returns what is said of a setting: by its value, else by the value that was meant, else by its name."""
    expected = getattr(config, name)
    keys = (f"{name} {value}", f"{name} for {expected}", name)
    what, cause = (next(table[key] for key in keys if key in table) for table in (_WHAT, _CAUSES))
    place = "network"
    if name in ("stem", "in_channels"):
        place = network.stem.convs[0].name
    elif name == "num_classes":
        place = [layer for layer in network.head.main if layer.kind is Kind.LINEAR][-1].name
    else:
        value, expected = value_words(name, value), value_words(name, expected)
    if name == "stem":
        value, expected = OPTION_LABELS[value], OPTION_LABELS[expected]
    severity = Severity.WARNING if keys[0] == "conv_bias True" or name == "stride_in" else Severity.ERROR
    return Finding(place, fill(what, SimpleNamespace(has=value, expected=expected)), cause, severity, name)


# By the setting and its value, or the value that was meant.
_WHAT = {
    "num_classes": "has {has:output}, expected {expected:,}",
    "in_channels": "reads {has:channel}, expected {expected:,}",
    "stem": "is the stem “{has}”, expected “{expected}”",
    "block": "has blocks “{has}”, expected “{expected}”",
    "order": "has order “{has}”, expected “{expected}”",
    "shortcut": "has shortcuts “{has}”, expected “{expected}”",
    "activation": "has activation “{has}”, expected “{expected}”",
    "stride_in": "has stride “{has}”, expected “{expected}”",
    "conv_bias True": "has a bias in every convolution, expected none",
    "conv_bias": "has no bias in its convolutions, expected one in each",
    "shortcut_norm True": "has a norm after its projections, expected none",
    "shortcut_norm": "has no norm after its projections, expected one",
    "norm none": "has no norms, expected batch norm",
    "norm for none": "has norms, expected none",
    "norm": "has {has:lower}, expected {expected:lower}",
    "groups": "has groups {has}, expected {expected}",
    "width_per_group": "has a width per group of {has}, expected {expected}",
    "stem_width": "has a stem of width {has}, expected {expected}",
    "output_stride": "has output stride {has}, expected {expected}",
    "attention": "has attention “{has}”, expected “{expected}”",
    "antialias": "has antialiasing “{has}”, expected “{expected}”",
    "residual_scale": "has branches scaled “{has}”, expected “{expected}”",
}
_CAUSES = {
    "num_classes": "the number of classes is another.",
    "in_channels": "the images have another number of channels: 3 are colours, 1 is grey.",
    "stem cifar": "a CIFAR stem on larger images: without the two halvings every map has 16 times as many positions.",
    "stem for cifar": "an ImageNet stem on small images: of 32×32 pixels it leaves 8×8 before the first stage.",
    "stem": "three 3×3 convolutions in place of one 7×7 are ResNet-C's and -D's.",
    "block": "the other kind of block was handed to the stages.",
    "order": "post-activation is He et al. 2015, pre-activation 2016.",
    "shortcut": "the options differ in what they do where the shape changes.",
    "activation": "it is another one throughout.",
    "stride_in": "v1 (the paper) strides in the first 1×1, v1.5 (torchvision) in the 3×3.",
    "conv_bias True": "the norm after each convolution takes any bias out again: bias=False was left out.",
    "conv_bias": "bias=False was written.",
    "shortcut_norm": "torchvision has a norm after each projection, KellerJordan none.",
    "norm none": "deep networks without norm need care with the initial weights.",
    "norm": "batch norm depends on the other images of a batch, group norm does not.",
    "groups": "groups make it a ResNeXt, with fewer weights in each 3×3 convolution.",
    "width_per_group": "it is the width inside of bottlenecks: 64, and 128 in Wide ResNet-50-2.",
    "stem_width": "the stem of a Wide ResNet stays at 16 channels, other stems have the first width.",
    "output_stride": "dilation replaces the stride of the last stages where maps have to stay large.",
    "attention": "squeeze-and-excitation at the end of a branch makes it an SE-ResNet.",
    "antialias": "a blur before the map is subsampled makes it another network (Zhang 2019).",
    "residual_scale": "a learned number that multiplies each branch and starts at 0 is SkipInit's or ReZero's.",
}


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
