"""The page's computations, each one kind of work in the job queue."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.cam.check_values import Randomisation
from explorer.cam.results import Attributed, Examination, Look
from explorer.cam.saliency_map import QUICK, Method
from explorer.jobs.job import Attachment
from explorer.pictures.samples import PictureKind, samples
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import AT_ONCE
from explorer.ui.widgets import job_progress

if TYPE_CHECKING:
    from explorer.cam.page_jobs import Asked

SOON = 0.3  # seconds: a small network has looked by then, and the page is whole at once
LOOK = job_progress.Work("cam_look", "Looking at the picture", "Look at the picture", automatic=True, patience=SOON)
OTHER = job_progress.Work("cam_other", "Looking once more", "Look once more", automatic=True, patience=SOON)
METHOD = job_progress.Work("cam_method", "Asking the other method", "Ask this method")
QUICK_METHOD = job_progress.Work("cam_quick_method", "Looking back", "Look back", automatic=True, patience=SOON)
TESTS = job_progress.Work("cam_tests", "Testing the map", "Put the map to the test")
RANDOM_ALL = job_progress.Work(
    "cam_random_all",
    "Making weights random",
    f"Random weights over the app's {len(samples(PictureKind.FASHION))} pictures of clothes",
    aside=True,
)


def look_at(
    setup: CamSetup, device: str, *, target: int | None, against: int | None = None, again: bool = False
) -> Look | None:
    """The network's classes and Grad-CAM at every block; None while they are not known, which the page says.

    ``again`` is for a second look on the same page.
    """
    from explorer.cam.page_jobs import first_look

    found: Look | None = ask(OTHER if again else LOOK, first_look, setup, device, target=target, against=against)
    return found


def attribution(setup: CamSetup, device: str, method: Method, target: int, layer: str) -> Attributed | None:
    """Another method's map: at once where it takes one backward pass, else when the reader wants it."""
    from explorer.cam.page_jobs import attribute

    work = QUICK_METHOD if method in QUICK else METHOD
    found: Attributed | None = ask(work, attribute, setup, device, method=method, target=target, layer=layer)
    return found


def examined(setup: CamSetup, device: str, look: Look, layer: str) -> Examination | None:
    """The three tests of the map at ``layer``: when the reader wants them, or at once for the network that ships."""
    from explorer.cam.page_jobs import examine, examine_once

    how: dict[str, Any] = {"values": look.at(layer).values, "target": look.target, "layer": layer}
    work = replace(TESTS, automatic=AT_ONCE.on and setup.network.embedded)
    examined_by = examine if setup.is_private else examine_once  # what is the reader's own is kept in no other place
    found: Examination | None = ask(work, examined_by, setup, device, **how)
    return found


def randomised_samples(setup: CamSetup, device: str, layer: str) -> Randomisation | None:
    """Random weights over the pictures of clothes that ship with the app."""
    from explorer.cam.page_jobs import Asked, randomise_samples

    asked = Asked(setup.network.key, device)
    found: Randomisation | None = RANDOM_ALL.run((device, layer), randomise_samples, asked, layer=layer, lane=device)
    return found


def long_lane(device: str) -> str:
    """The queue's lane for work of minutes, so that nobody's first look waits for it."""
    return f"{device}, long"


def asked_of(setup: CamSetup, device: str) -> "tuple[Asked, Attachment | None]":
    """The network that is asked, and the reader's own file of weights if it is theirs."""
    from explorer.cam.page_jobs import Asked

    own = setup.own_network
    return Asked(setup.network.key, device, own.what if own else None), own.file if own else None


def ask(
    work: job_progress.Work,
    function: Callable[..., Any],
    setup: CamSetup,
    device: str,
    *,
    crop: bool = False,
    lane: str = "",
    **how: Any,
) -> Any:
    """The result of a function of ``explorer.cam.page_jobs`` for this picture and network.

    It gets the network's numbers of the picture or, with ``crop``, the picture as ``of_crop`` does. ``lane`` is the
    queue's, the device's own if not given.
    """
    from explorer.cam.page_jobs import of_crop

    asked, weights = asked_of(setup, device)
    said = tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in how.values())
    request = (asked, setup.seen.digest, said)
    if not work.wanted(request):
        return None
    known = work.known(request)
    if known is not None:
        return known
    seen = {"crop": setup.seen.crop.tobytes(), "preprocess": setup.network.preprocess}
    through, given = (function, (asked,)) if crop else (of_crop, (function, asked))
    return work.outcome(request, through, *given, **how, **seen, weights=weights, lane=lane or device)
