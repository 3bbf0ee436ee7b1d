"""A path's handout as one long piece of work: what is true of each question, and what each page shows.

A function for the queue: module-level, picklable in and out.
"""

import inspect
import logging
from dataclasses import replace
from functools import partial
from typing import Any

from explorer.jobs.idle import Request
from explorer.jobs.job import JobCancelled
from explorer.live.progress import Progress, no_progress, part_of
from explorer.paths.answers import Truth, authors_truth
from explorer.paths.handouts.experiments import code_of, experiment_of
from explorer.paths.handouts.values import Ask, Handout, StepHandout
from explorer.paths.truths import measured
from explorer.paths.values import Path, Question, Step

_LOG = logging.getLogger(__name__)
_TROUBLE = "This could not be measured when the file was made."


def handout(path: Path, device: str = "cpu", *, progress: Progress | None = None) -> Handout:
    """Measures what is true of every question of ``path`` and draws what its pages show.

    What cannot be measured is left out, and its step says so; only a cancelled job raises.
    """
    tell, known = progress or no_progress, _Known()
    return Handout(
        path,
        tuple(
            _step(step, device, partial(known.ask, part_of(tell, number, len(path.steps), f"{step.title}: ")))
            for number, step in enumerate(path.steps)
        ),
    )


class _Known:
    """Keeps each request's result: a step's truth and its picture are mostly made from the same one."""

    def __init__(self) -> None:
        self.results: dict[object, Any] = {}

    def ask(self, tell: Progress, request: Request) -> Any:
        """Returns the request's result, computed at the first time."""
        tell(0.0, "")
        key = (request.function, request.args, tuple(sorted(request.kwargs.items())))
        if key not in self.results:
            how = dict(request.kwargs)
            if "progress" in inspect.signature(request.function).parameters:
                how["progress"] = tell
            self.results[key] = request.function(*request.args, **how)
        return self.results[key]


def _step(step: Step, device: str, ask: Ask) -> StepHandout:
    found = StepHandout(step)
    try:
        found = replace(found, truth=_truth(step.question, device, ask) if step.question else None)
        found = replace(found, code=code_of(step))
        found = replace(found, experiment=experiment_of(step, device, ask))
    except (JobCancelled, MemoryError):
        raise
    except ValueError:  # the link asks for what there is not: its page says so, too
        return replace(found, trouble=_TROUBLE)
    except Exception:
        _LOG.exception("no handout of a step on %s", step.page)
        return replace(found, trouble=_TROUBLE)
    return found


def _truth(question: Question, device: str, ask: Ask) -> Truth | None:
    """What is true, None of an open question."""
    if not question.truth:
        return None if question.right is None else authors_truth(question)
    how = measured(question.truth, device)
    return how.read(ask(how.request))
