"""What the page has computed, each a piece of work in the queue, shared by the parts that show it."""

from functools import partial
from typing import Any

import numpy as np

from explorer.cam.check_values import Randomisation
from explorer.cam.results import Attributed, Curves, Look
from explorer.cam.saliency_map import Method
from explorer.ui.cam.setup import Setup
from explorer.ui.widgets import job_progress

LOOK = job_progress.Work("cam_look", "Looking at the picture", "Look at the picture", automatic=True)
OTHER = job_progress.Work("cam_other", "Looking once more", "Look once more", automatic=True)
METHOD = job_progress.Work("cam_method", "Asking the other method", "Ask this method", automatic=False)
CURVES = job_progress.Work("cam_curves", "Deleting and inserting pixels", "Delete and insert pixels")
RANDOM = job_progress.Work("cam_random", "Making weights random", "Make the weights random")
RANDOM_ALL = job_progress.Work("cam_random_all", "Making weights random", "The same over all test pictures")


def look_at(
    setup: Setup, device: str, *, target: int | None, against: int | None = None, again: bool = False
) -> Look | None:
    """What the network makes of the picture; None while that is not known, which is said. ``again`` is for a second
    look on the same page."""
    work = OTHER if again else LOOK
    found: Look | None = _asked(work, "first_look", setup, device, target=target, against=against)
    return found


def attribution(setup: Setup, device: str, method: Method, target: int, layer: str) -> Attributed | None:
    """Another method's map, when the reader wants it."""
    found: Attributed | None = _asked(METHOD, "attribute", setup, device, method=method, target=target, layer=layer)
    return found


def curves(setup: Setup, device: str, look: Look, layer: str) -> Curves | None:
    """Deletion and insertion by the map at ``layer``, when the reader wants them."""
    values = look.at(layer).values
    found: Curves | None = _asked(CURVES, "curves", setup, device, target=look.target, values=values)
    return found


def randomised(setup: Setup, device: str, look: Look, layer: str) -> Randomisation | None:
    """What stays of the map with random weights, when the reader wants to know."""
    found: Randomisation | None = _asked(RANDOM, "randomise", setup, device, target=look.target, layer=layer)
    return found


def randomised_samples(setup: Setup, device: str, layer: str) -> Randomisation | None:
    """The same over the pictures that ship with the embedded network."""
    from explorer.cam import page_jobs

    request = (device, layer)
    if not RANDOM_ALL.wanted(request):
        return None
    asked = page_jobs.Asked(setup.network.key, device)
    found: Randomisation | None = RANDOM_ALL.outcome(
        request, partial(job_progress.ask, RANDOM_ALL.key, page_jobs.randomise_samples, asked, layer=layer, lane=device)
    )
    return found


def _asked(work: job_progress.Work, function: str, setup: Setup, device: str, **how: Any) -> Any:
    """What ``explorer.cam.page_jobs``'s function of that name gives, where it is wanted and done."""
    from explorer.cam import page_jobs

    own = setup.own
    asked = page_jobs.Asked(setup.network.key, device, own.what if own else None)
    said = tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in how.values())
    request = (asked, setup.digest, said)
    if not work.wanted(request):
        return None
    given = {**how, "picture": setup.network.preprocess.numbers(setup.crop), "data": own.data if own else b""}
    return work.outcome(
        request, partial(job_progress.ask, work.key, getattr(page_jobs, function), asked, **given, lane=device)
    )
