"""The price of a choice: networks one decision away from a given one, and what each costs.

Everything is closed form, so all alternatives together are computed at once. The bottleneck's own arithmetic is in
``explorer.compare.bottleneck`` and can be had from here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from explorer.compare.bottleneck import BlockPrice, block_price, break_even_ratio, with_reduction
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.network.labels import OPTION_LABELS
from explorer.network.options import Block, Shortcut
from explorer.network.totals import Totals, folded, totals, with_depth
from explorer.text.quantities import signed

__all__ = [
    "REDUCTIONS",
    "Alternative",
    "BlockPrice",
    "alternatives",
    "block_price",
    "break_even_ratio",
    "with_reduction",
]

REDUCTIONS = (2, 4, 8)
EXPANSION = 4  # of a bottleneck: output channels divided by width


@dataclass(frozen=True, slots=True)
class Alternative:
    """One choice made differently.

    ``key`` is stable: "block", "shortcut_A", "width_double", "width_half", "one_more_block", "image_double",
    "reduction_2"; "reduction" stands for all reductions of a network that has none. ``config`` is None where no
    configuration stands for it, ``totals`` where it is not possible at all. ``reason`` says why it is not possible,
    why it changes nothing, or what else it changes; empty where there is nothing to say.
    """

    key: str
    label: str
    config: ResNetConfig | None
    totals: Totals | None
    reason: str


def alternatives(config: ResNetConfig) -> tuple[Alternative, ...]:
    """The choices a designer has: the other block, every other shortcut, half and double width, one block more, an
    image twice as large, and other reductions of the bottleneck.

    Raises:
        ValueError: ``config`` itself is impossible, as ``analyze`` says.
    """
    totals(config)
    return (_other_block(config), *_shortcuts(config), *_sizes(config), *_reductions(config))


def _tried(key: str, label: str, change: Callable[[], ResNetConfig]) -> Alternative:
    """The alternative that ``change`` makes, or the reason for which it cannot be."""
    try:
        changed = change()
        return Alternative(key, label, changed, totals(changed), "")
    except ValueError as refusal:
        return Alternative(key, label, None, None, str(refusal))


def _other_block(config: ResNetConfig) -> Alternative:
    """Basic blocks in place of bottlenecks, or the reverse, with the same outputs and the nearest depth."""
    name = "Basic blocks" if config.block is Block.BOTTLENECK else "Bottlenecks"
    found = _tried("block", f"{name} at the same output widths", lambda: _swapped(config))
    if found.config is None:
        return found
    blocks = "-".join(map(str, found.config.stage_blocks))
    label = f"{found.label}: blocks {blocks}, depth {found.config.depth:,}"
    return replace(found, label=label, reason=" ".join(_also_changed(config, found.config)))


def _swapped(config: ResNetConfig) -> ResNetConfig:
    other = Block.BASIC if config.block is Block.BOTTLENECK else Block.BOTTLENECK
    if other is Block.BASIC:
        widths = tuple(EXPANSION * width for width in config.widths)
    else:
        widths = tuple(_divided(width, stage, EXPANSION) for stage, width in enumerate(config.widths, start=1))
    per_block = 2 if other is Block.BASIC else 3
    convs = config.convs_per_block * sum(config.stage_blocks)
    # The nearest whole number of blocks, the smaller of two that are equally near.
    count = -((per_block - 2 * convs) // (2 * per_block))
    blocks = _shared_out(count, config.stage_blocks)
    return replace(config, block=other, widths=widths, stage_blocks=blocks)


def _divided(width: int, stage: int, divisor: int) -> int:
    if width % divisor:
        raise ValueError(
            f"The width of stage {stage} is {width:,}, which {divisor} does not divide: choose widths that are "
            f"multiples of {divisor}, such as {max(width // divisor, 1) * divisor:,}."
        )
    return width // divisor


def _shared_out(count: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """``count`` blocks over the stages in the proportions of ``shape``, at least one each (largest remainders)."""
    exact = [count * blocks / sum(shape) for blocks in shape]
    shared = [max(int(share), 1) for share in exact]
    while sum(shared) < count:
        owed = [share - got for share, got in zip(exact, shared, strict=True)]
        shared[owed.index(max(owed))] += 1
    while sum(shared) > max(count, len(shape)):
        spare = [got - share if got > 1 else float("-inf") for share, got in zip(exact, shared, strict=True)]
        shared[spare.index(max(spare))] -= 1
    return tuple(shared)


def _also_changed(config: ResNetConfig, changed: ResNetConfig) -> Iterator[str]:
    """What the other block brings with it, in sentences."""
    if changed.depth != config.depth:
        yield (
            f"Whole blocks, at least one a stage, do not make depth {config.depth:,}: {changed.depth:,} comes as near "
            "as any."
        )
    if config.stem_width:
        return
    macs = _stem_macs(changed) - _stem_macs(config)
    yield (
        f"The first width is also the stem's, which goes from {config.widths[0]:,} to {changed.widths[0]:,} channels: "
        f"{signed(macs)} MACs of the difference."
    )


def _stem_macs(config: ResNetConfig) -> int:
    return sum(layer.macs for layer in analyze.__wrapped__(folded(config)).unit_layers("stem"))


def _shortcuts(config: ResNetConfig) -> Iterator[Alternative]:
    for shortcut in Shortcut:
        if shortcut is config.shortcut:
            continue
        change = partial(replace, config, shortcut=shortcut)
        found = _tried(f"shortcut_{shortcut}", _shortcut_label(shortcut), change)
        if found.config and _runs_alike(found.config, config):
            same = f"In every block of this network '{shortcut}' does what '{config.shortcut}' does: nothing changes."
            found = replace(found, reason=same)
        yield found


def _shortcut_label(shortcut: Shortcut) -> str:
    if shortcut is Shortcut.NONE:
        return "No shortcuts: a plain network"
    label = OPTION_LABELS[shortcut]
    return f"Shortcut {label}" if len(shortcut) == 1 else f"Shortcut {label[0].lower()}{label[1:]}"


def _runs_alike(one: ResNetConfig, other: ResNetConfig) -> bool:
    """Whether two configurations that differ in the shortcut alone are one network."""

    def plans(config: ResNetConfig) -> list[BlockPlan]:
        # A third block repeats the second, but a second one need not repeat the first.
        return list(block_plans(with_depth(config, tuple(min(count, 2) for count in config.stage_blocks))))

    return plans(one) == plans(other)


def _sizes(config: ResNetConfig) -> Iterator[Alternative]:
    """Width, depth and image, each one step larger; the width one step smaller too."""

    def halved() -> ResNetConfig:
        return replace(
            config, widths=tuple(_divided(width, stage, 2) for stage, width in enumerate(config.widths, start=1))
        )

    yield _tried("width_double", "Width × 2", lambda: replace(config, widths=tuple(2 * w for w in config.widths)))
    yield _tried("width_half", "Width ÷ 2", halved)
    longest = config.stage_blocks.index(max(config.stage_blocks))
    blocks = tuple(count + (stage == longest) for stage, count in enumerate(config.stage_blocks))
    label = f"One block more in stage {longest + 1}: {'-'.join(map(str, blocks))}"
    yield _tried("one_more_block", label, lambda: replace(config, stage_blocks=blocks))
    side = 2 * config.image_size
    yield _tried("image_double", f"Image × 2: {side:,} px", lambda: replace(config, image_size=side))


def _reductions(config: ResNetConfig) -> Iterator[Alternative]:
    if config.block is not Block.BOTTLENECK:
        reason = "This network has basic blocks, and only a bottleneck has a reduction: choose bottlenecks first."
        yield Alternative("reduction", "Another bottleneck reduction", None, None, reason)
        return
    for ratio in REDUCTIONS:
        found = _tried(f"reduction_{ratio}", f"Bottleneck reduction {ratio}", partial(with_reduction, config, ratio))
        if found.config == config:
            today = f"Every bottleneck reduces its channels by {ratio} already: nothing changes."
            found = replace(found, reason=today)
        yield found
