"""Zero-init residual: a block whose last norm's scale γ is zero is its own shortcut, and so starts as one.

Goyal et al. 2017 (arXiv:1706.02677), section 5.1: γ = 0 in the last norm of each block. What it does to the gradients
is measured by ``explorer.ideas.measure.zero_init``.
"""

from dataclasses import dataclass

from explorer.ideas.limits import number, option, said, whole
from explorer.network.options import Block
from explorer.text.quantities import counted

GAMMAS = tuple(step / 10 for step in range(21))  # that are measured
SEED = (0, 99)


@dataclass(frozen=True, slots=True)
class ZeroInitSetting:
    """The block, its last norm's scale ``gamma`` (one of ``GAMMAS``), and the seed of its weights and its input.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    block: Block = Block.BASIC
    gamma: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "block", option("Block", self.block, Block))
        object.__setattr__(self, "gamma", round(number("γ", self.gamma, GAMMAS[0], GAMMAS[-1]), 1))
        whole("Seed", self.seed, *SEED)


@dataclass(frozen=True, slots=True)
class ZeroInitStep:
    """The block at one ``gamma``.

    ``distance`` is how far its output is from its activated input, as a part of that. ``convs`` are the gradient norms
    of the branch's convolutions, ``scale`` and ``shift`` those of γ itself and of the shift β of
    the same norm; ``shortcut`` and ``branch`` those of what comes back to the input down either path.
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
    """The block at every γ."""

    setting: ZeroInitSetting
    steps: tuple[ZeroInitStep, ...]

    @property
    def chosen(self) -> ZeroInitStep:
        """The step at the reader's γ."""
        return self.steps[GAMMAS.index(self.setting.gamma)]


def sentence(run: ZeroInitRun) -> str:
    """What the block does at the reader's γ, and what learns."""
    step, convs = run.chosen, counted(len(run.chosen.convs), "convolution")
    start = f"At γ = {step.gamma:g}"
    if step.distance == 0 and not any(step.convs):
        return (
            f"{start} the block is its shortcut: its output is its activated input, exactly. The gradients of its "
            f"{convs} are exactly zero, and nothing comes back through the branch; only its last norm learns. "
            f"γ has a gradient of norm {said(step.scale)}, its shift β one of {said(step.shift)}: γ has to move first."
        )
    listed = ", ".join(said(value) for value in step.convs)
    share = 100 * step.branch / (step.branch + step.shortcut)
    return (
        f"{start} the output differs from the activated input by {100 * step.distance:.3g} % of it. The gradients of "
        f"the {convs} have the norms {listed}, that of γ {said(step.scale)}. Of the two gradients that come back to "
        f"the input, the branch's makes {share:.3g} %."
    )
