"""What can be damaged in a network: blocks cut, blocks in another order. Values alone, nothing is run here.

Veit et al. 2016 (arXiv:1605.06431), section 4: deleting and reordering the blocks of a trained network.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from random import Random

from explorer.live.progress import check_seed
from explorer.network.block_plans import BlockPlan, block_plans
from explorer.network.config import ResNetConfig
from explorer.text.errors import Refusal
from explorer.text.quantities import first_few
from explorer.text.typed_numbers import quoted

_NAMED = 6  # blocks in a message


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a damaged network: the block that runs, or only its shortcut where its branch is ``cut``."""

    block: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done to a network: the blocks whose branch is cut, and all blocks in the order in which they run.

    ``cuts`` are in forward order. An empty ``order`` is the trained one.
    """

    cuts: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: ResNetConfig, cuts: Iterable[str] = (), order: Sequence[str] = ()) -> "Damage":
        """The damage with its blocks checked, each cut named once.

        Raises:
            Refusal: a block that the network does not have or that cannot be cut, or an order that puts a block where
                another shape is needed; the message says which.
        """
        asked = set(cuts)
        names = block_names(config)
        for block in sorted(asked):
            _check_cut(config, block)
        trained = not order or tuple(order) == names
        if not trained:
            _check_order(config, order)
        return cls(tuple(name for name in names if name in asked), () if trained else tuple(order))

    def steps(self, config: ResNetConfig) -> tuple[Step, ...]:
        """The damaged network, block by block as it runs."""
        return tuple(Step(name, name in self.cuts) for name in self.order or block_names(config))

    def tau(self, config: ResNetConfig) -> float:
        """Kendall's tau of the order: 1 is the trained one."""
        places = {name: place for place, name in enumerate(block_names(config))}
        return kendall_tau([places[name] for name in self.order or places])


def block_names(config: ResNetConfig) -> tuple[str, ...]:
    """All blocks in forward order: ``layer1.0``, ``layer1.1``, ..."""
    return tuple(plan.name for plan in block_plans(config))


def can_be_cut(config: ResNetConfig) -> tuple[str, ...]:
    """The blocks that can be cut: every one that has a shortcut, and in a plain network those that keep the shape."""
    return tuple(plan.name for plan in block_plans(config) if not _why_not(plan))


def why_not_cut(config: ResNetConfig, block: str) -> str:
    """A sentence that says why this block cannot be cut; empty where it can.

    Raises:
        Refusal: the network has no such block.
    """
    return _why_not(_plan(config, block))


def _why_not(plan: BlockPlan) -> str:
    if plan.shortcut != "none" or _keeps_shape(plan):
        return ""
    if plan.in_channels == plan.out_channels:
        return f"{plan.name} cannot be cut: without a shortcut nothing else halves the map for the next block."
    halves = " and halves the map" if plan.stride != 1 else ""
    return (
        f"{plan.name} cannot be cut: it turns {plan.in_channels:,} channels into {plan.out_channels:,}{halves}, and "
        "without a shortcut nothing else does that for the next block."
    )


def _keeps_shape(plan: BlockPlan) -> bool:
    return plan.stride == 1 and plan.in_channels == plan.out_channels


def _plan(config: ResNetConfig, block: str) -> BlockPlan:
    found = next((plan for plan in block_plans(config) if plan.name == block), None)
    if found is None:
        names = first_few(block_names(config), _NAMED)
        raise Refusal(f"This network has no block {quoted(block)}: its blocks are {names}.")
    return found


def _check_cut(config: ResNetConfig, block: str) -> None:
    why = why_not_cut(config, block)
    if why:
        raise Refusal(why)


def equal_blocks(config: ResNetConfig) -> tuple[tuple[str, ...], ...]:
    """The groups of blocks that can take each other's place: those of a stage that keep the shape, two or more."""
    stages = groupby((plan for plan in block_plans(config) if _keeps_shape(plan)), key=lambda plan: plan.stage)
    groups = (tuple(plan.name for plan in plans) for _, plans in stages)
    return tuple(group for group in groups if len(group) > 1)


def partners(config: ResNetConfig, block: str) -> tuple[str, ...]:
    """The other blocks that can take this one's place."""
    return tuple(name for group in equal_blocks(config) if block in group for name in group if name != block)


def swapped(config: ResNetConfig, one: str, other: str) -> tuple[str, ...]:
    """The order of the blocks with two of equal shape in each other's place.

    Raises:
        Refusal: the network has no such block, or their shapes differ.
    """
    _plan(config, one), _plan(config, other)
    if one != other and other not in partners(config, one):
        raise Refusal(
            f"{one} and {other} cannot be swapped: only blocks of one stage that keep the shape of their input fit "
            "into each other's place."
        )
    return _exchanged(block_names(config), one, other)


def _exchanged(order: Sequence[str], one: str, other: str) -> tuple[str, ...]:
    partner = {one: other, other: one}
    return tuple(partner.get(name, name) for name in order)


def _check_order(config: ResNetConfig, order: Sequence[str]) -> None:
    names = block_names(config)
    if sorted(order) != sorted(names):
        raise Refusal(f"order must name each of the {len(names):,} blocks once: {first_few(names, _NAMED)}.")
    group_of = {name: number for number, group in enumerate(equal_blocks(config)) for name in group}
    for place, name in zip(names, order, strict=True):
        if name != place and (place not in group_of or group_of.get(name) != group_of[place]):
            raise Refusal(f"{name} cannot run in the place of {place}: their shapes differ.")


def random_cut(config: ResNetConfig, count: int, seed: int) -> tuple[str, ...]:
    """The first ``count`` blocks of a random order of all that can be cut: a seed's cuts contain its smaller ones."""
    check_seed(seed)
    blocks = can_be_cut(config)
    if not 0 <= count <= len(blocks):
        raise Refusal(f"{count:,} blocks cannot be cut: this network has {len(blocks):,} that can.")
    return tuple(Random(seed).sample(blocks, len(blocks))[:count])


def shuffled(config: ResNetConfig, swaps: int, seed: int) -> tuple[str, ...]:
    """The order after ``swaps`` random swaps of two blocks of equal shape, one after the other (Veit et al., 4.4).

    Raises:
        Refusal: no two blocks have an equal shape.
    """
    check_seed(seed)
    pairs = [pair for group in equal_blocks(config) for pair in combinations(group, 2)]
    if not pairs:
        raise Refusal("Nothing can be shuffled: no two blocks of a stage keep the shape of their input.")
    order, random = block_names(config), Random(seed)
    for _ in range(swaps):
        order = _exchanged(order, *random.choice(pairs))
    return order


def kendall_tau(order: Sequence[int]) -> float:
    """Kendall's tau of a permutation and the sorted order: of all pairs, the share in order minus the share reversed.

    1 is the sorted order, −1 its reverse. A single value is in order.
    """
    pairs = len(order) * (len(order) - 1) // 2
    return 1 - 2 * sum(_reversed_pairs(order)) / pairs if pairs else 1.0


def _reversed_pairs(order: Sequence[int]) -> Iterator[bool]:
    return (first > second for first, second in combinations(order, 2))
