"""Explains missing and extra stages and blocks, and notes habits of the whole network."""

from collections.abc import Iterator

from explorer.check.intended.visible import Visible
from explorer.check.matching.comparison import Comparison, StageMatch
from explorer.check.rules.sentences import Finding
from explorer.check.values import Severity, Source
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order
from explorer.network.presets import preset_of
from explorer.text.quantities import counted


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
