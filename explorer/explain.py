"""Sentences computed from an architecture: what one sees, what to try, what it equals. Never canned."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.arithmetic import Architecture, analyze
from explorer.config import Block, Norm, Order, ResNetConfig, Shortcut, StrideIn, with_fields
from explorer.layer import Layer
from explorer.presets import canonical, name_of, preset_of
from explorer.units import human, signed


@dataclass(frozen=True, slots=True)
class Badge:
    """A short fact about the whole network, with the reason it is true."""

    text: str
    reason: str


def badges(config: ResNetConfig) -> tuple[Badge, ...]:
    """What this network equals and where it was published; nothing for one that nobody has published."""
    known = preset_of(config)
    if known is None:
        return ()
    found = [Badge(known.source, f"{known.title} as its authors describe it.")]
    if known.equals:
        found.insert(0, Badge(f"equals {known.equals}", "Same layers, shapes and state-dict names, tested against it."))
    return tuple(found)


def what_you_see(arch: Architecture) -> str:
    """One sentence on where the parameters and the work are."""
    heavy, params = _largest(arch.layers, lambda layer: layer.params)
    busy, macs = _largest(arch.layers, lambda layer: layer.macs)
    params_share, macs_share = params / arch.params, macs / arch.macs
    weights = f"{_place(heavy)} holds {params_share:.0%} of the {human(arch.params)} parameters"
    if heavy == busy:
        return f"{weights} and does {macs_share:.0%} of the {human(arch.macs)} MACs."
    return f"{weights}, while {_place(busy).lower()} does {macs_share:.0%} of the {human(arch.macs)} MACs."


def _largest(layers: Iterable[Layer], measure: Callable[[Layer], int]) -> tuple[str, int]:
    totals: dict[str, int] = {}
    for layer in layers:
        totals[layer.stage] = totals.get(layer.stage, 0) + measure(layer)
    return max(totals.items(), key=lambda item: item[1])


def _place(stage: str) -> str:
    names = {"stem": "The stem", "head": "The head"}
    return names.get(stage, f"Stage {stage.removeprefix('layer')}")


def what_to_try(config: ResNetConfig) -> tuple[str, ResNetConfig]:
    """One change worth making next, with its computed price, and the network it leads to."""
    question, changed = _next_experiment(config)
    before, after = analyze(config), analyze(changed)
    params, macs = after.params - before.params, after.macs - before.macs
    share = f" ({_percent(params, before.params)})" if abs(params) >= before.params / 1000 else ""
    price = f"{signed(params)} parameters{share}, {signed(macs)} MACs"
    return f"{question}: {price}, {name_of(changed)}.", changed


def _next_experiment(config: ResNetConfig) -> tuple[str, ResNetConfig]:
    """The first experiment of the list that this network allows; shortcuts can always be added or taken away."""
    candidates: list[tuple[str, dict[str, object]]] = []
    if config.is_plain:
        candidates.append(("Give it shortcuts", {"shortcut": Shortcut.A}))
        candidates.append(("Give it shortcuts", {"shortcut": Shortcut.B}))
    if config.norm is Norm.NONE:
        candidates.append(("Put the norms back", {"norm": Norm.BATCH}))
    strides = len(config.stage_blocks) > 1  # a single stage has no stride to move
    if strides and config.block is Block.BOTTLENECK and config.stride_in is StrideIn.CONV3X3:
        candidates.append(("Move the stride to the first 1×1 (v1)", {"stride_in": StrideIn.CONV1X1}))
    if config.order is Order.PRE:
        candidates.append(("Put the activation after the sum again", {"order": Order.POST}))
    if config.block is Block.BASIC:
        candidates.append(("Replace basic blocks by bottlenecks of the same width", {"block": Block.BOTTLENECK}))
    candidates.append(("Take the shortcuts away", {"shortcut": Shortcut.NONE}))
    networks = ((question, _valid(config, change)) for question, change in candidates)
    return next(
        (question, changed)
        for question, changed in networks
        if changed is not None and canonical(changed) != canonical(config)
    )


def _valid(config: ResNetConfig, change: dict[str, object]) -> ResNetConfig | None:
    try:
        changed = with_fields(config, change)
        analyze(changed)
    except ValueError:
        return None
    return changed


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:+.1%}".replace("-", "−")
