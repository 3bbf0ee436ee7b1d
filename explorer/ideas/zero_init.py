"""Zero-init residual: a block whose last norm has the scale γ = 0 is its own shortcut, so that it starts as the
identity.

Goyal et al. 2017 (arXiv:1706.02677), section 5.1. ``measure.zero_init`` measures what γ does to the gradients.
"""

from dataclasses import dataclass

from explorer.ideas.limits import check_number, check_option, check_whole, two_digits
from explorer.network.options import Block
from explorer.text.quantities import counted

GAMMAS = tuple(step / 10 for step in range(21))  # that are measured
SEED = (0, 99)


@dataclass(frozen=True, slots=True)
class ZeroInitSetting:
    """The block, the scale ``gamma`` of its last norm (one of ``GAMMAS``), and the seed of weights and input.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    block: Block = Block.BASIC
    gamma: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "block", check_option("Block", self.block, Block))
        object.__setattr__(self, "gamma", round(check_number("γ", self.gamma, GAMMAS[0], GAMMAS[-1]), 1))
        check_whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class ZeroInitStep:
    """The block at one ``gamma``.

    ``distance`` is how far its output is from its activated input, relative to the latter. The other values are norms
    of gradients: ``convs`` of the branch's convolutions, ``scale`` of γ, ``shift`` of the same norm's β, ``shortcut``
    and ``branch`` of what comes back to the input on either path.
    """

    gamma: float
    distance: float
    convs: tuple[float, ...]
    scale: float
    shift: float
    shortcut: float
    branch: float


@dataclass(frozen=True, slots=True)
class ZeroInitRun:
    """The block at every γ of ``GAMMAS``."""

    setting: ZeroInitSetting
    steps: tuple[ZeroInitStep, ...]

    @property
    def chosen(self) -> ZeroInitStep:
        """The step at the reader's γ."""
        return self.steps[GAMMAS.index(self.setting.gamma)]


def sentence(run: ZeroInitRun) -> str:
    """Says what the block does at the reader's γ, and which of its weights learn."""
    step, convs = run.chosen, counted(len(run.chosen.convs), "convolution")
    start = f"At γ = {step.gamma:g}"
    if step.distance == 0 and not any(step.convs):
        return (
            f"{start} the block is its shortcut: its output is its activated input, exactly. The gradients of its "
            f"{convs} are exactly zero, and nothing comes back through the branch; only its last norm learns. "
            f"γ has a gradient of norm {two_digits(step.scale)}, its shift β one of {two_digits(step.shift)}: γ has to "
            "move first."
        )
    listed = ", ".join(two_digits(value) for value in step.convs)
    share = 100 * step.branch / (step.branch + step.shortcut)
    return (
        f"{start} the output differs from the activated input by {100 * step.distance:.3g} % of it. The gradients of "
        f"the {convs} have the norms {listed}, that of γ {two_digits(step.scale)}. Of the two gradients that come back "
        f"to the input, the branch's makes {share:.3g} %."
    )
