"""Truths of the Ideas page's lessons."""

from explorer.ideas.identity import IdentityRun, IdentitySetting
from explorer.ideas.identity_words import sentence
from explorer.ideas.measure.identity import identity_run
from explorer.jobs.idle import WORDS, Request
from explorer.paths.answers import Measured, Truth

NOTHING_TO_DO = IdentitySetting(distance=0.0)  # H = I


def doing_nothing(_device: str) -> Measured:
    """What F has to be for x + F(x) to be x: by what the two forms had to learn."""
    return Measured(Request(identity_run, (NOTHING_TO_DO,), WORDS), _forms)


def _forms(run: IdentityRun) -> Truth:
    return Truth("zero" if run.residual.to_learn == 0 < run.plain.to_learn else "identity", (sentence(run),))
