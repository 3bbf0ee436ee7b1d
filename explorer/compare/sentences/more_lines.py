"""More lines on two networks for a class, each with figures computed from them."""

from collections.abc import Iterator

from explorer.compare.budget import By, Measure, budget, budget_steps, stage_names
from explorer.compare.sentences.parts import Part, amounts, changes
from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.network.labels import stage_label
from explorer.network.layer import Kind, Role
from explorer.network.names import spoken
from explorer.network.options import Block
from explorer.text.quantities import capitalised, listed, percent
from explorer.text.ratios import times


def explanation(first: Architecture, second: Architecture) -> tuple[str, ...]:
    """How much 3×3 convolutions hold, which stage changes most, what a bottleneck saves."""
    lines: list[str] = []
    if changes(first, second, Measure.PARAMS):
        lines += [_share_line(first, second), *_stage_line(first, second, Measure.PARAMS)]
    else:
        lines += _stage_line(first, second, Measure.MACS)
    bottlenecks = [arch for arch in (first, second) if arch.config.block is Block.BOTTLENECK]
    if len(bottlenecks) == 1:  # what one network has and the other has not
        lines += _bottleneck_line(bottlenecks[0])
    return tuple(lines)


def _share_line(first: Architecture, second: Architecture) -> str:
    held = [(arch, amounts(arch, Measure.PARAMS)[Part.CONV3X3]) for arch in (first, second)]
    shares = [f"{percent(part, arch.params)} of the parameters of {spoken(arch.config)}" for arch, part in held]
    return f"3×3 convolutions hold {shares[0]} and {shares[1]}."


def _stage_line(first: Architecture, second: Architecture, measure: Measure) -> Iterator[str]:
    """The stage that changes most, or those that do alike; nothing where none does."""
    by_stage = budget_steps(first, second, measure, By.STAGE)
    if not by_stage:
        return
    most = max(by_stage, key=lambda step: abs(step.value))
    alike = [_stage_words(step.stage) for step in by_stage if step.value == most.value]
    total = f"where all stages together make {measure.signed(measure.total(second) - measure.total(first))}"
    if len(alike) > 1:
        change = f"each by {measure.signed(most.value)} {measure.noun}"
        yield capitalised(f"{listed(alike)} change most, {change}, {total}.")
        return
    owners = [arch for arch in (first, second) if most.stage in stage_names(arch)]
    if len(owners) == 1:
        does = "brings most" if owners[0] is second else "takes most away"
        owner = f"which only {spoken(owners[0].config)} has"
        yield capitalised(f"{alike[0]}, {owner}, {does}: {abs(most.value):,} {measure.noun}, {total}.")
        return
    before, after = (sum(cell.value for cell in budget(arch, measure) if cell.stage == most.stage) for arch in owners)
    change = f"from {before:,} to {after:,} {measure.noun}: {measure.signed(most.value)}"
    yield capitalised(f"{alike[0]} changes most, {change}, {total}.")


def _stage_words(stage: str) -> str:
    """A stage inside a sentence: "stage 1", "the head"."""
    label = stage_label(stage).lower()
    return label if stage.startswith("layer") else f"the {label}"


def _bottleneck_line(arch: Architecture) -> Iterator[str]:
    """The weights of the first bottleneck that keeps its channels, against two 3×3 convolutions at those channels."""
    plan = next((plan for plan in block_plans(arch.config) if plan.in_channels == plan.out_channels), None)
    if plan is None:
        return
    wide, narrow = plan.out_channels, plan.width
    weights = sum(
        layer.macs // (layer.output_shape[1] * layer.output_shape[2])  # each weight once at every position
        for layer in arch.unit_layers(plan.name)
        if layer.kind is Kind.CONV and not layer.on_shortcut and layer.role is not Role.ATTENTION
    )
    plain = 2 * 9 * wide * wide
    read = narrow // arch.config.groups  # channels that each filter of the 3×3 reads
    yield (
        f"A bottleneck at {wide:,} channels has 1·1·{wide:,}·{narrow:,} + 3·3·{read:,}·{narrow:,} + "
        f"1·1·{narrow:,}·{wide:,} = {weights:,} weights; two 3×3 convolutions at {wide:,} channels would have "
        f"2·3·3·{wide:,}·{wide:,} = {plain:,}, {times(plain, weights)} times as many."
    )
