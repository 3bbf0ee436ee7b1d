"""Sentences computed from an architecture: what one sees, what to try, what it equals. Never canned."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.depths import known_depths
from explorer.network.inactive_fields import inactive_fields
from explorer.network.layer import Layer
from explorer.network.names import name_of
from explorer.network.options import Block, Norm, Order, Shortcut, StrideIn
from explorer.network.presets import canonical, preset_of
from explorer.network.receipts import counted_by_convolutions, wide_depth
from explorer.network.totals import totals
from explorer.text.quantities import capitalised, human, listed, minus, noun, percent, signed


@dataclass(frozen=True, slots=True)
class Badge:
    """A short fact about the whole network, with the reason it is true."""

    text: str
    reason: str


def badges(config: ResNetConfig) -> tuple[Badge, ...]:
    """What this network equals, where it was published and how deep its authors call it, if they count otherwise;
    nothing for one that nobody has published."""
    known = preset_of(config)
    if known is None:
        return ()
    found = [Badge(known.source, f"Where {known.title} comes from.")]
    if wide_depth(config):
        found.append(Badge(f"{wide_depth(config)} layers as Wide ResNets count them", counted_by_convolutions(config)))
    if known.equals:
        found.insert(0, Badge(f"equals {known.equals}", "Same layers, shapes and state-dict names, tested against it."))
    return tuple(found)


# A largest part within a tenth of others is not worth naming alone.
NEARLY = 1.1


def what_you_see(arch: Architecture) -> str:
    """One sentence on where the parameters and the work are, and what the shortcuts cost."""
    weights = _spread(arch, "holds", "parameters", lambda layer: layer.params)
    work = _spread(arch, "does", "MACs", lambda layer: layer.macs)
    if weights.alone and weights.places == work.places:
        both = f"{weights.clause} and {work.clause.removeprefix(f'{work.places} ')}"
    else:
        both = f"{weights.clause}, while {work.clause}"
    return f"{capitalised(both)}; {_shortcuts(arch)}."


@dataclass(frozen=True, slots=True)
class _Spread:
    """The part of the network (or nearly equal parts) with most of something, and a clause that says how much."""

    places: str
    alone: bool
    clause: str


def _spread(arch: Architecture, verb: str, what: str, measure: Callable[[Layer], int]) -> _Spread:
    amounts: dict[str, int] = {}
    for layer in arch.layers:
        amounts[layer.stage] = amounts.get(layer.stage, 0) + measure(layer)
    most, whole = max(amounts.values()), sum(amounts.values())
    leaders = [part for part, total in amounts.items() if total * NEARLY >= most]
    places, share = _places(leaders), percent(sum(amounts[part] for part in leaders), whole, digits=0)
    amount = f"{share} of the {human(whole)} {what}"
    if len(leaders) == 1:
        return _Spread(places, True, f"{places} {verb} {amount}")
    return _Spread(places, False, f"{amount} are spread almost evenly over {places}")


def _places(parts: Sequence[str]) -> str:
    """Parts in forward order as people say them: "the stem and stages 1, 2 and 3"."""
    stages = [part.removeprefix("layer") for part in parts if part.startswith("layer")]
    named = [f"stage{'s' if len(stages) > 1 else ''} {listed(stages)}"] if stages else []
    return listed([*(["the stem"] if "stem" in parts else []), *named, *(["the head"] if "head" in parts else [])])


_SHORTCUT_WORDS = {"identity": "identity", "pad": "zero-padding", "project": "projection"}


def _shortcuts(arch: Architecture) -> str:
    """How many shortcuts of which kind there are, and what they cost in parameters."""
    if arch.config.is_plain:
        return "it has no shortcuts"
    kinds = Counter(plan.shortcut for plan in block_plans(arch.config))
    counts = listed([f"{kinds[kind]:,} {words}" for kind, words in _SHORTCUT_WORDS.items() if kinds[kind]])
    costs = "shortcut costs" if kinds.total() == 1 else "shortcuts cost"
    params = sum(layer.params for layer in arch.layers if layer.on_shortcut)
    share = f" ({percent(params, arch.params)})" if params >= arch.params / 1000 else ""
    price = f"{human(params)} {noun(params, 'parameter')}{share}" if params else "no parameters"
    return f"its {counts} {costs} {price}"


def what_to_try(config: ResNetConfig) -> tuple[str, ResNetConfig]:
    """One change worth making next, what else it brings or ends, its computed price, and the network it leads to."""
    question, changed = _next_experiment(config)
    question += _side_effects(config, changed)
    before, after = totals(config), totals(changed)
    params, macs = after.params - before.params, after.macs - before.macs
    share = f" ({_percent(params, before.params)})" if abs(params) >= before.params / 1000 else ""
    price = f"{signed(params)} {noun(params, 'parameter')}{share}, {signed(macs)} {noun(macs, 'MAC')}"
    return f"{question}: {price}, {name_of(changed)}.", changed


_ASIDE = {
    "stride_in": "the stride in the first 1×1 (v1)",
    "shortcut_norm": "projections without a norm",
    "zero_init_residual": "the zero-init of every block",
    "groups": "the groups of the 3×3",
    "width_per_group": "the width per group",
    "stochastic_depth": "stochastic depth",
    "residual_scale": "the learned scale of every block",
}


def _side_effects(config: ResNetConfig, changed: ResNetConfig) -> str:
    """The settings that did nothing before and now do, or no longer do: "..., which also brings ..."."""
    before, after = canonical(config), canonical(changed)
    woken: list[str] = []
    ended: list[str] = []
    for field, words in _ASIDE.items():
        if getattr(config, field) == getattr(changed, field) and getattr(before, field) != getattr(after, field):
            (woken if field in inactive_fields(config) else ended).append(words)
    effects = [f"{verb} {listed(words)}" for verb, words in (("brings", woken), ("ends", ended)) if words]
    return f", which also {listed(effects)}" if effects else ""


@dataclass(frozen=True, slots=True)
class _Idea:
    """One thing to vary: on which of its two sides a network is, and the change that leads to the other."""

    side: bool
    question: str
    change: Mapping[str, object]


def _next_experiment(config: ResNetConfig) -> tuple[str, ResNetConfig]:
    """The next step of a walk on which every idea has its turn before any comes again.

    Sides are followed like the bits of a twisted ring: turn the first idea that is not on the first one's side, and
    the first one once all are. So 000 goes on to 100, 110, 111, 011, 001 before it comes back, and any other state
    soon leads into that ring. Plain networks and those without norms are steps on the way.
    """
    ideas = [(idea, changed) for idea in _ideas(config) if (changed := _valid(config, idea.change))]
    first = ideas[0]
    idea, changed = next((pair for pair in ideas if pair[0].side != first[0].side), first)
    return idea.question, changed


def _ideas(config: ResNetConfig) -> Iterator[_Idea]:
    """What can be varied in this network, in turn; only the repair where shortcuts or norms are missing."""
    if config.is_plain:  # shortcuts that cost nothing, where channels do not shrink
        free = _valid(config, {"shortcut": Shortcut.A}) is not None
        yield _Idea(False, "Give it shortcuts", {"shortcut": Shortcut.A if free else Shortcut.B})
        return
    if config.norm is Norm.NONE:
        yield _Idea(False, "Put the norms back", {"norm": Norm.BATCH})
        return
    shortcut, bottleneck = list(_shortcut_idea(config)), config.block is Block.BOTTLENECK
    strided = len(config.stage_blocks) > 1
    stride = [_stride_idea(config)] if bottleneck and strided else []  # otherwise there is none to move
    # No way back to a single basic stage, where shortcuts have nothing to vary.
    block = [_block_idea(config)] if strided or not bottleneck else []
    # The stride appears with the bottleneck: it must not be the first idea, on whose side the others go.
    yield from (*shortcut, *stride, *block) if shortcut else (*block, *stride)
    yield _depth_idea(config)
    yield _order_idea(config)


def _shortcut_idea(config: ResNetConfig) -> Iterator[_Idea]:
    """From projections over none to those that cost nothing, and back; where the two kinds differ."""
    changes_shape = any(plan.shortcut != "identity" for plan in block_plans(config))
    if changes_shape and config.shortcut.pads:
        yield _Idea(True, "Project where the shape changes (option B)", {"shortcut": Shortcut.B})
    elif changes_shape and _valid(config, {"shortcut": Shortcut.A}):
        yield _Idea(False, "Take the shortcuts away", {"shortcut": Shortcut.NONE})


def _stride_idea(config: ResNetConfig) -> _Idea:
    if config.stride_in is StrideIn.CONV3X3:
        return _Idea(False, "Move the stride to the first 1×1 (v1)", {"stride_in": StrideIn.CONV1X1})
    return _Idea(True, "Move the stride to the 3×3 (v1.5)", {"stride_in": StrideIn.CONV3X3})


def _block_idea(config: ResNetConfig) -> _Idea:
    if config.block is Block.BOTTLENECK:
        return _Idea(False, "Replace bottlenecks by basic blocks of the same width", {"block": Block.BASIC})
    return _Idea(True, "Replace basic blocks by bottlenecks of the same width", {"block": Block.BOTTLENECK})


def _depth_idea(config: ResNetConfig) -> _Idea:
    """The known depths come in pairs, such as 50 and 101; the last is left over where their number is odd."""
    known = known_depths(config)
    depths = sorted(known)
    place = min(bisect_left(depths, config.depth), len(depths) - 1)
    partner = place ^ 1 if place ^ 1 < len(depths) else place - 1
    how = "deeper" if depths[partner] > config.depth else "shallower"
    return _Idea(place % 2 == 1, f"Make it {how}", {"stage_blocks": known[depths[partner]]})


def _order_idea(config: ResNetConfig) -> _Idea:
    if config.order is Order.PRE:
        return _Idea(True, "Put the activation after the sum again", {"order": Order.POST})
    return _Idea(False, "Put norm and activation before the convolutions (pre-activation)", {"order": Order.PRE})


def _valid(config: ResNetConfig, change: Mapping[str, object]) -> ResNetConfig | None:
    try:
        changed = with_fields(config, change)
        totals(changed)  # refuses what ``analyze`` refuses, at a price that does not grow with the depth
    except ValueError:
        return None
    return changed


def _percent(part: int, whole: int) -> str:
    return minus(f"{100 * part / whole:+.1f} %")
