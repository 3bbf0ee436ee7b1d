"""The values of a gradient flow, from what one pass measured and what a second one, in double precision, saw beyond."""

import math
from dataclasses import dataclass

from explorer.gradients.amounts import Amount, Parts, PassResult
from explorer.gradients.input_batch import Batch
from explorer.gradients.values import FlowReading, GradientFlow, Parting, ReadingState
from explorer.network.config import ResNetConfig

# Common logarithm of a typical value. A sum over many positions is that much larger than its terms, and these get lost.
_TOO_LARGE_TO_BE_LOST = -30


def flow_of(
    config: ResNetConfig, batch: Batch, seed: int, first: PassResult, second: PassResult | None
) -> GradientFlow:
    """The flow of ``batch`` from its first pass, and the second one where something was below float32."""
    true = second or first  # what the numbers below float32 are, where there was a second look
    blocks = ("stem", *(name for name in first.signals if name != "stem"))
    read = _Reader(any(map(_is_lost, first.amounts(), true.amounts())))
    return GradientFlow(
        config=config,
        seed=seed,
        batch_size=len(batch.images),
        device=str(batch.images.device),
        source=batch.source,
        loss=first.loss,
        layers=tuple(first.weights),
        weight_norms=tuple(read.norm(amount, true.weights[name]) for name, amount in first.weights.items()),
        blocks=blocks,
        gradient_norms=tuple(read.norm(first.blocks[name], true.blocks[name]) for name in blocks),
        signal_norms=tuple(read.mean_square(first.signals[name], true.signals[name]) for name in blocks),
        adds=tuple(read.parting(name, first.parts[name], true.parts[name]) for name in blocks if name in first.parts),
    )


def _is_lost(here: Amount, there: Amount) -> bool:
    """Whether the second look shows an amount that the first could not hold."""
    return here.is_below_float32 and -math.inf < there.typical_log10 < _TOO_LARGE_TO_BE_LOST


@dataclass(frozen=True, slots=True)
class _Reader:
    """Compares each number of the first pass with the second's; ``lost`` tells whether any was below float32.

    If none was, a zero that the second pass does not confirm comes from rounding: the terms of a sum cancelled. If some
    was, the zero may be its consequence: a ReLU whose input was lost passes nothing back.
    """

    lost: bool

    def norm(self, here: Amount, there: Amount) -> FlowReading:
        if not here.is_below_float32:
            return FlowReading.of(here.norm)
        if there.log10 == -math.inf or not self.lost:
            return FlowReading(here.norm, ReadingState.ZERO, -math.inf)
        return FlowReading(here.norm, ReadingState.UNDERFLOW, there.log10)

    def mean_square(self, here: Amount, there: Amount) -> FlowReading:
        """The mean square of a signal, from the norm of all its values."""
        norm = self.norm(here, there)
        value = norm.value / math.sqrt(here.values)
        log10 = 2 * norm.log10 - math.log10(there.values if norm.state is ReadingState.UNDERFLOW else here.values)
        return FlowReading(value * value, norm.state, log10)

    def parting(self, block: str, here: Parts, there: Parts) -> Parting:
        shortcut, branch = self.norm(here.shortcut, there.shortcut), self.norm(here.branch, there.branch)
        return Parting(block, shortcut, branch, here.cosine)
