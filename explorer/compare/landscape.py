"""Thousands of variants of one network, what they cost, and the best ones within a budget.

The sweep varies blocks per stage, width, block and shortcut, and the groups of bottlenecks where that is asked; number
of stages, stem, image size, classes, order and biases stay those of the network at its centre. Widths double from stage
to stage, He et al.'s rule ("if the feature map size is halved, the number of filters is doubled", 2015, section 3.3).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product

from explorer.network.config import ResNetConfig, with_fields
from explorer.network.depths import known_depths
from explorer.network.names import name_of
from explorer.network.options import Block, Shortcut
from explorer.network.presets import PRESETS
from explorer.network.totals import Totals, totals, totals_by_depth, with_depth
from explorer.text.quantities import human
from explorer.text.typed_numbers import MOST, parse_amount, quoted

__all__ = [
    "WIDTHS",
    "Budget",
    "Candidate",
    "Goal",
    "best",
    "nothing_fits",
    "parse_amount",
    "presets_of_landscape",
    "space",
    "sweep",
    "within",
]

WIDTHS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 256)
# Groups and width per group of published bottlenecks: ResNet's, the ResNeXts', Wide ResNet's.
_CARDINALITIES = ((1, 64), (32, 4), (32, 8), (64, 4), (1, 128))
_EQUAL_COUNTS = (3, 4, 5, 6, 8, 12, 18)  # beside the published depths of four stages, which are few

# Which of several equally good shortcuts is shown: torchvision's first, then the paper's on CIFAR, ResNet-D's, and a
# plain network last.
_PREFERENCE = (
    Shortcut.B,
    Shortcut.A,
    Shortcut.AVGPOOL_PROJECTION,
    Shortcut.AVGPOOL,
    Shortcut.C,
    Shortcut.NONE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network of the landscape and what it costs."""

    config: ResNetConfig
    totals: Totals


@dataclass(frozen=True, slots=True)
class Budget:
    """At most this many parameters, and at most this many multiply-adds for one image.

    Raises:
        ValueError: a limit that is no whole number from 1 on; the message quotes it.
    """

    max_params: int
    max_macs: int

    def __post_init__(self) -> None:
        for what, limit in (("parameters", self.max_params), ("MACs", self.max_macs)):
            if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
                raise ValueError(
                    f"A budget of {quoted(limit)} {what} is none: give a whole number from 1 to {human(MOST)}."
                )

    @classmethod
    def read(cls, params_text: str, macs_text: str) -> "Budget":
        """The budget that somebody wrote: ``Budget.read("12 M", "2 GMACs")``.

        Raises:
            ValueError: a text that is no amount; the message names the limit and has a sentence on each that is wrong.
        """
        limits, problems = [], []
        for what, text in (("Parameters", params_text), ("MACs", macs_text)):
            try:
                limits.append(parse_amount(text))
            except ValueError as problem:
                problems.append(f"{what}: {problem}")
        if problems:
            raise ValueError(" ".join(problems))
        return cls(*limits)

    @property
    def words(self) -> str:
        """The budget as people say it: "at most 12 M parameters and 2 G MACs"."""
        return f"at most {human(self.max_params)} parameters and {human(self.max_macs)} MACs"

    def admits(self, price: Totals) -> bool:
        """Whether a network of this price is inside; a network exactly at a limit is."""
        return price.params <= self.max_params and price.macs <= self.max_macs


class Goal(StrEnum):
    """What to maximise within a budget."""

    DEPTH = "depth"
    WIDTH = "width"
    MACS = "macs"
    PARAMS = "params"


def space(base: ResNetConfig, *, grouped: bool = False) -> tuple[ResNetConfig, ...]:
    """The networks around ``base``, itself among them, in the order widths, block, shortcut, groups, blocks per stage.

    Left out is what a configuration refuses: zero padding where the base's own widths shrink, groups of no channel.
    """
    depths = _stage_blocks(base)
    return tuple(with_depth(config, blocks) for config in _shapes(base, grouped) for blocks in depths)


def _shapes(base: ResNetConfig, grouped: bool) -> Iterator[ResNetConfig]:
    """``base`` in every width, block and shortcut of the sweep, ``grouped`` also in every cardinality, two blocks in
    each stage."""
    short = with_depth(base, (2,) * len(base.stage_blocks))  # checking a network of 1,000 blocks takes a while
    for widths, block, shortcut in product(_widths(base), Block, Shortcut):
        for groups, width in _cardinalities(base, block, grouped):
            try:
                config = replace(
                    short, widths=widths, block=block, shortcut=shortcut, groups=groups, width_per_group=width
                )
                totals(config)
            except ValueError:
                continue
            yield config


def _cardinalities(base: ResNetConfig, block: Block, grouped: bool) -> tuple[tuple[int, int], ...]:
    """Groups and width per group, the base's own first."""
    own = (base.groups, base.width_per_group)
    return tuple(dict.fromkeys([own, *_CARDINALITIES])) if grouped and block is Block.BOTTLENECK else (own,)


def _stage_blocks(base: ResNetConfig) -> tuple[tuple[int, ...], ...]:
    """Blocks per stage, each once: published ones of either block, equal stages, the base's own."""
    plainest = {"shortcut": Shortcut.B, "groups": 1, "width_per_group": 64}  # valid with every block
    both = [with_fields(base, {"block": block, **plainest}) for block in Block]
    published = [blocks for config in both for blocks in known_depths(config).values()]
    equal = [(count,) * len(base.stage_blocks) for count in _EQUAL_COUNTS]
    return tuple(sorted({*published, *equal, base.stage_blocks}, key=lambda blocks: (sum(blocks), blocks)))


def _widths(base: ResNetConfig) -> tuple[tuple[int, ...], ...]:
    """Widths that double from stage to stage, and the base's own."""
    doubling = {tuple(width * 2**stage for stage in range(len(base.widths))) for width in WIDTHS}
    return tuple(sorted({*doubling, base.widths}))


@lru_cache(maxsize=8)  # one sweep is about two megabytes, and a page that reruns asks for the same again
def sweep(base: ResNetConfig, *, grouped: bool = False) -> tuple[Candidate, ...]:
    """Every network of ``space(base)``, in its order, with its totals: more than 2,000.

    Raises:
        ValueError: ``base`` is impossible, its image too small for its stages; the message names the layer.
    """
    totals(base)
    depths = _stage_blocks(base)
    pairs = (pair for config in _shapes(base, grouped) for pair in totals_by_depth(config, depths))
    return tuple(Candidate(config, price) for config, price in pairs)


@lru_cache(maxsize=1)
def presets_of_landscape() -> tuple[Candidate, ...]:
    """Every preset with its totals, in the presets' order."""
    return tuple(Candidate(config, totals(config)) for config in PRESETS.values())


def within(candidates: Sequence[Candidate], budget: Budget) -> tuple[Candidate, ...]:
    """The candidates inside the budget, in their order."""
    return tuple(candidate for candidate in candidates if budget.admits(candidate.totals))


def best(candidates: Sequence[Candidate], goal: Goal, count: int = 10) -> tuple[Candidate, ...]:
    """The ``count`` best of the candidates, best first, each a different choice rather than a variation of one.

    - Depth: the deepest; of each depth and block only the widest.
    - Width: the widest (channels of all stages together); of each width and block only the deepest.
    - MACs, parameters: those that spend most; of networks that differ in the shortcut alone only one.

    Where that leaves several they are told apart by the shortcut (B, A, ResNet-D's, average pool, C, none), then by
    MACs and parameters, more being better, then by block and blocks per stage: never by the candidates' order.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"There is no list of the best {count:,}: ask for 0 or more.")
    chosen: dict[object, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: _rank(candidate, goal)):
        chosen.setdefault(_KIN[goal](candidate.config), candidate)
    return tuple(chosen.values())[:count]


_KIN: Mapping[Goal, Callable[[ResNetConfig], object]] = {
    Goal.DEPTH: lambda config: (config.block, config.depth),
    Goal.WIDTH: lambda config: (config.block, config.widths),
    Goal.MACS: lambda config: (config.block, config.stage_blocks, config.widths, config.groups),
    Goal.PARAMS: lambda config: (config.block, config.stage_blocks, config.widths, config.groups),
}


def _rank(candidate: Candidate, goal: Goal) -> tuple[object, ...]:
    """Smaller is better."""
    config, price = candidate.config, candidate.totals
    width = sum(config.widths)
    first: Mapping[Goal, tuple[int, int]] = {
        Goal.DEPTH: (-price.depth, -width),
        Goal.WIDTH: (-width, -price.depth),
        Goal.MACS: (-price.macs, -price.params),
        Goal.PARAMS: (-price.params, -price.macs),
    }
    preference = _PREFERENCE.index(config.shortcut)
    alike = (config.block, config.stage_blocks, config.widths, config.groups, config.width_per_group)
    return (*first[goal], preference, -price.macs, -price.params, *alike)


def nothing_fits(candidates: Sequence[Candidate], budget: Budget) -> str:
    """What to say where no candidate is inside the budget: which comes nearest, what it costs, what to do.

    Nearest is the one for which the budget would have to grow by the smallest factor. Empty where one is inside.
    """
    if not candidates:
        return "There is no network to choose from: use a larger image or fewer stages."
    nearest = min(candidates, key=lambda candidate: _overrun(candidate.totals, budget))
    if budget.admits(nearest.totals):
        return ""
    price, config = nearest.totals, nearest.config
    advice, ways = [], []
    if price.params > budget.max_params:
        advice.append(f"{price.params:,} parameters")
        ways += ["fewer classes"] if config.num_classes > 1 else []
    if price.macs > budget.max_macs:
        advice.append(f"{price.macs:,} MACs")
        ways += ["a smaller image"] if config.image_size > 1 else []
    instead = f", or begin from a network with {' and '.join(ways)}" if ways else ""
    return (
        f"None of the {len(candidates):,} networks of this sweep has {budget.words}. The one that comes nearest, "
        f"{name_of(config)}, has {human(price.params)} parameters and {human(price.macs)} MACs: allow at least "
        f"{' and '.join(advice)}{instead}."
    )


def _overrun(price: Totals, budget: Budget) -> tuple[float, int, int]:
    """The factor by which the budget would have to grow; the smaller network first where it is the same."""
    return max(price.params / budget.max_params, price.macs / budget.max_macs), price.params, price.macs
