"""Truths of pictures, as the Grad-CAM page tells them of the network that comes with the app."""

from explorer.cam.map_description import guess_sentence
from explorer.cam.page_jobs import Asked, first_look
from explorer.cam.results import Look
from explorer.jobs.idle import Request
from explorer.paths.answers import Measured, Truth
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.weights.catalogue import EMBEDDED, embedded


def look_at_sample(sample: str, device: str) -> Look:
    """What the embedded network makes of a sample picture, prepared as on the page."""
    preprocess = embedded().preprocess
    crop = preprocess.cropped(read_picture(sample_bytes(sample)))
    return first_look(Asked(EMBEDDED, device), picture=preprocess.numbers(crop))


def palace(device: str) -> Measured:
    """Whether to believe what a network that knows clothing says of a palace."""
    return Measured(Request(look_at_sample, ("china", device), device), _believed)


def _believed(look: Look) -> Truth:
    weights = embedded()
    unknown = weights.knows if look.is_strange else ""
    said = guess_sentence(weights.title, look.likeliest(weights.classes), unknown)
    return Truth("no" if look.is_strange else "yes", (said,))
