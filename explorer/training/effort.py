"""How long a race takes on one core of a processor, estimated before it is begun."""

from collections.abc import Sequence

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.totals import MACS_OF_TRAINING
from explorer.text.errors import Refusal
from explorer.training.recipe import Recipe

MAX_MINUTES = 6  # Fashion-MNIST for 120 steps takes five
# Measured with plain and residual networks of 20 and 56 layers for pictures of 8 × 8 and of 28 × 28: what each row of
# the layer table costs a step whatever its size, and the multiply-adds a second beside that.
_SECONDS_A_LAYER = 0.25e-3
_MACS_A_SECOND = 45e9


def minutes_needed(configs: Sequence[ResNetConfig], recipe: Recipe) -> float:
    """Minutes of one core of a processor of today for training all of them; within a factor of about two."""
    seconds = 0.0
    for config in configs:
        arch = analyze(config)
        work = MACS_OF_TRAINING * recipe.batch_size * arch.macs / _MACS_A_SECOND
        seconds += recipe.steps * (_SECONDS_A_LAYER * len(arch.layers) + work)
    return seconds / 60


def check_effort(configs: Sequence[ResNetConfig], recipe: Recipe) -> None:
    """Raise a ``Refusal`` if a race would keep one core of a shared server busy for too long."""
    minutes = minutes_needed(configs, recipe)
    if minutes > MAX_MINUTES:
        raise Refusal(
            f"This race would take about {minutes:,.0f} minutes of one core, and {MAX_MINUTES} is the most here: take "
            "fewer steps, fewer or narrower layers, or smaller batches, or train with the library."
        )
