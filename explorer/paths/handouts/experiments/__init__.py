"""What the page of a step shows, by the page's name: a module each, with ``experiment(query, device, ask)``.

``query`` is the step's link by names. A view of which there is no picture is an empty ``Experiment``.
"""

from importlib import import_module

from explorer.paths.handouts.values import Ask, Experiment
from explorer.paths.values import Step


def experiment_of(step: Step, device: str, ask: Ask) -> Experiment:
    """Returns what the step's page shows. It may load torch.

    Raises:
        ValueError: the link asks for what there is not, or for too much.
    """
    found: Experiment = import_module(f"{__name__}.{step.page}").experiment(dict(step.query), device, ask)
    return found
