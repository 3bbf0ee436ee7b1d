"""What the page of a step shows, by the page's name: a module each.

``experiment(query, device, ask)`` has pictures and sentences, ``code(query)`` is Python that finds the same. ``query``
is the step's link by names. A view of which there is no picture is an empty ``Experiment``, and has no code.
"""

from importlib import import_module
from types import ModuleType

from explorer.paths.handouts.values import Ask, Experiment
from explorer.paths.values import Step


def experiment_of(step: Step, device: str, ask: Ask) -> Experiment:
    """Returns what the step's page shows. It may load torch.

    Raises:
        ValueError: the link asks for what there is not, or for too much.
    """
    found: Experiment = _module(step).experiment(dict(step.query), device, ask)
    return found


def code_of(step: Step) -> str:
    """Returns Python that finds again what the step's page shows; empty where there is none.

    Raises:
        ValueError: as ``experiment_of``.
    """
    found: str = _module(step).code(dict(step.query))
    return found


def _module(step: Step) -> ModuleType:
    return import_module(f"{__name__}.{step.page}")
