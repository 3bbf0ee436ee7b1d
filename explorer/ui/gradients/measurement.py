"""The page's three measurements, each one kind of work in the job queue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.trend_values import DepthSweep, FirstSteps
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.widgets import job_progress

if TYPE_CHECKING:
    from explorer.gradients.page_jobs import Question

FLOW = job_progress.Work("flow_study", "Measuring the gradient", "Measure the gradient", automatic=True)
STEPS = job_progress.Work("flow_steps", "Training", "Train both for these steps")
_STORY_STEPS = replace(STEPS, automatic=True)  # a story opens with its chart or its progress
DEPTH = job_progress.Work("flow_depth", "Measuring at every depth", "Measure both at every depth")


def flows(setup: FlowSetup, device: str) -> tuple[FlowBand, ...] | None:
    """Returns both networks' gradients, measured without a click; None while unknown, which the page says."""
    from explorer.gradients.page_jobs import study

    question = _question(setup)
    request = (question, device, setup.picture and setup.picture.name)
    found = FLOW.run(request, study, question, device, picture=setup.picture, lane=device)
    return None if found is None else tuple(found)


def first_steps(setup: FlowSetup, device: str, steps: int, learning_rate: float) -> tuple[FirstSteps, ...] | None:
    """Returns both networks' first training steps, when the reader wants them or a story is about them."""
    from explorer.gradients.page_jobs import study_steps

    question = _question(setup)
    request = (question, device, steps, learning_rate, setup.picture and setup.picture.name)
    how: dict[str, Any] = {"steps": steps, "learning_rate": learning_rate, "picture": setup.picture}
    work = _STORY_STEPS if setup.story and setup.story.trains else STEPS
    found = work.run(request, study_steps, question, device, **how, lane=device)
    return None if found is None else tuple(found)


def by_depth(setup: FlowSetup, device: str, depths: Sequence[int]) -> DepthSweep | None:
    """Returns both networks at every depth, when the reader wants them. A picture is replaced by noise here."""
    from explorer.gradients.depth_sweep import measure_depth_sweep
    from explorer.gradients.values import InputSource

    source = InputSource.NOISE if setup.source is InputSource.IMAGES else setup.source
    request = (setup.configs, tuple(depths), setup.seeds, setup.batch_size, device, source)
    how: dict[str, Any] = {"batch_size": setup.batch_size, "device": device, "source": source}
    found: DepthSweep | None = DEPTH.run(
        request, measure_depth_sweep, setup.configs, tuple(depths), setup.seeds, **how, lane=device
    )
    return found


def _question(setup: FlowSetup) -> "Question":
    from explorer.gradients.page_jobs import Question

    return Question(setup.configs, setup.seeds, setup.batch_size, setup.source)
