"""Explains what is different throughout the network: settings, stages, blocks and habits.

A setting with another value is one difference, not one in each layer: the layers are then compared with the network
that has this value.
"""

from collections.abc import Iterator
from typing import Any

from explorer.check.intended.config_words import value_words
from explorer.check.intended.family_settings import unseen_settings
from explorer.check.intended.settings import COUNTS, PossibleSettings
from explorer.check.intended.visible import Visible
from explorer.check.matching.forgive import Comparison
from explorer.check.matching.network import match_networks
from explorer.check.rules.causes import explain
from explorer.check.rules.finding import Finding, fill
from explorer.check.structure.network import Network
from explorer.check.values import Severity, Source
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import OPTION_LABELS
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order
from explorer.network.presets import preset_of

_SETTINGS = (
    *("stem", "block", "order", "norm", "groups", "width_per_group", "stem_width", "output_stride"),
    *("shortcut", "shortcut_norm", "activation", "stride_in", "conv_bias", *COUNTS),
)
# By how many faults a change has to bring the networks closer. These two settings show in one layer only.
_LEAST_GAIN, _LEAST_GAINS = 2, {"num_classes": 1, "in_channels": 1}


def explain_settings(
    config: ResNetConfig, visible: Visible, possible: PossibleSettings
) -> tuple[Comparison, tuple[Finding, ...]]:
    """Finds settings with another value throughout the network, as far as they bring the two networks closer.

    Returns the comparison with ``config`` after these settings are changed, and a finding for each of them.

    Raises:
        ValueError: ``config`` has no layers (see ``analyze``).
    """
    findings = []
    for name, value in _shown_beside(visible.network, possible):
        if value != getattr(config, name) and name not in inactive_fields(config):
            findings.append(_wrong(visible.network, config, name, value))
            config = with_fields(config, {name: value})
    best = match_networks(config, visible)
    if not best.cost:
        return best, tuple(findings)
    for name, value, stage, finding in _candidates(config, visible, possible):
        widths = best.config.widths
        new = value if stage is None else (*widths[:stage], value, *widths[stage + 1 :])
        try:
            changed = match_networks(with_fields(best.config, {name: new}), visible)
        except ValueError:
            continue
        if changed.cost <= best.cost - _LEAST_GAINS.get(finding.key, _LEAST_GAIN):
            best = changed
            findings.append(finding)
    return best, tuple(findings)


def _shown_beside(network: Network, possible: PossibleSettings) -> Iterator[tuple[str, Any]]:
    """Yields the settings of which no layer that is matched tells, and their values."""
    yield "attention", possible["attention"][0]
    if "antialias" in possible and not network.partial:
        yield "antialias", possible["antialias"][0]
    if scale := unseen_settings(network).get("residual_scale"):  # a bare parameter does not show, so none tells nothing
        yield "residual_scale", scale


def _candidates(
    config: ResNetConfig, visible: Visible, possible: PossibleSettings
) -> Iterator[tuple[str, Any, int | None, Finding]]:
    """Yields each setting that the text shows with another value: name, value, of which stage, and what is said."""
    for name in _SETTINGS:
        if name in possible and getattr(config, name) not in possible[name]:
            value = possible[name][0]
            yield name, value, None, _wrong(visible.network, config, name, value)
    widths = zip(visible.network.stages, possible["widths"][0], strict=True)
    for place, (stage, width) in enumerate(widths, start=visible.offset):
        if place < len(config.widths) and config.widths[place] != width:
            words = {"stage": stage, "has": width, "expected": config.widths[place], "config": config}
            yield "widths", width, place, explain("width", name=stage.name or "network", **words)


def _wrong(network: Network, config: ResNetConfig, name: str, value: Any) -> Finding:
    """Returns what is said of a setting: by its value, else by the value that was meant, else by its name."""
    expected = getattr(config, name)
    keys = (f"{name} {value}", f"{name} for {expected}", name)
    what, cause = (next(table[key] for key in keys if key in table) for table in (_WHAT, _CAUSES))
    place = "network"
    if name in ("stem", "in_channels"):
        place = network.stem.convs[0].name
    elif name == "num_classes":
        place = network.classifier.name if network.classifier else place
    else:
        value, expected = value_words(name, value), value_words(name, expected)
    if name == "stem":
        value, expected = OPTION_LABELS[value], OPTION_LABELS[expected]
    severity = Severity.WARNING if keys[0] == "conv_bias True" or name == "stride_in" else Severity.ERROR
    return Finding(place, fill(what, has=value, expected=expected), cause, severity, name)


# By the setting and its value, or the value that was meant.
_WHAT = {
    "num_classes": "has {has:output}, expected {expected:,}",
    "in_channels": "reads {has:channel}, expected {expected:,}",
    "stem": "is the stem “{has}”, expected “{expected}”",
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
    "block": "has blocks “{has}”, expected “{expected}”",
    "shortcut": "has shortcuts “{has}”, expected “{expected}”",
    "stride_in": "has stride “{has}”, expected “{expected}”",
    "antialias": "has antialiasing “{has}”, expected “{expected}”",
    "residual_scale": "has branches scaled “{has}”, expected “{expected}”",
    **{name: f"has {name} “{{has}}”, expected “{{expected}}”" for name in ("order", "activation", "attention")},
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
    stems = {stage.read.name.rstrip("0123456789") for stage in comparison.stages if stage.read.name}
    stem = stems.pop() if len(stems) == 1 else "layer"  # missing stages are called like those that are there
    for number in comparison.missing:
        blocks = comparison.config.stage_blocks[number - 1]
        yield explain("missing_stage", name=f"{stem}{number}", number=number, blocks=blocks)
    for extra in comparison.extra:
        blocks, meant = len(extra.blocks), len(comparison.config.widths)
        yield explain("extra_stage", name=extra.name or extra.blocks[0].name, stage=extra, blocks=blocks, meant=meant)
    for stage in comparison.stages:
        gone = len(stage.missing or stage.extra)
        name, are = stage.read.name or stage.read.blocks[0].name, "is" if gone == 1 else "are"
        if gone:
            blocks = len(stage.read.blocks)
            yield explain("block_count", name=name, stage=stage, blocks=blocks, gone=gone, are=are)


def network_notes(comparison: Comparison, visible: Visible, *, guessed: bool) -> Iterator[Finding]:
    """Notes a shared activation module, dropouts, and biases that the norms after them undo."""
    config, reading, blocks = comparison.config, visible.network.text, visible.network.blocks
    shown, needed = visible.activations, config.convs_per_block
    cut = (reading.cut_start or reading.cut_end) and len(blocks) == 1
    if 0 < shown < needed and reading.source is Source.PRINTED and not cut:
        names = (layer.name for block in blocks for layer in block.main if layer.kind is Kind.ACTIVATION)
        yield explain("shared", name=next(names), shown=shown, needed=needed)
    for unit in comparison.network.units if not config.dropout else ():
        for layer in unit.beside:
            if layer.class_name.startswith("Dropout"):
                yield explain("dropout", name=layer.name, layer=layer)
    redundant = config.conv_bias and config.norm is Norm.BATCH and config.order is Order.POST
    if redundant and guessed and preset_of(config) is None:
        yield explain("all_biases", name="network")
