"""The Grad-CAM page: a sample picture, the network's guesses, and the map of its evidence over the picture."""

import json
from collections.abc import Mapping

from explorer.cam.map_description import guess_sentence, place_sentence
from explorer.cam.results import Look
from explorer.charts.cam.overlay import displayed, overlay, overlay_alt_text
from explorer.charts.table_twin import Row
from explorer.jobs.idle import Request
from explorer.paths.handouts.pictures import of_image
from explorer.paths.handouts.values import Ask, Experiment, Picture
from explorer.paths.truths.maps import look_at_sample
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.weights.catalogue import EMBEDDED, embedded

_VIEWS = ("The map", "Believe it?")  # tabs that show the map of the likeliest class


def experiment(query: Mapping[str, str], device: str, ask: Ask) -> Experiment:
    """The sample of the link, seen by the network that comes with the app; other weights may have to be downloaded."""
    if not _is_drawn(query):
        return Experiment()
    sample = query["sample"]
    look: Look = ask(Request(look_at_sample, (sample, device), device))
    weights = embedded()
    guesses = look.likeliest(weights.classes)
    target, saliency = guesses[0].name, look.at(query.get("layer", look.layers[-1]))
    said = [
        guess_sentence(weights.title, guesses, weights.knows if look.is_strange else ""),
        place_sentence(saliency, target),
    ]
    rows: list[Row] = [{"class": each.name, "probability": f"{each.probability:.1%}"} for each in guesses]
    crop = weights.preprocess.cropped(read_picture(sample_bytes(sample)))
    title = f"Grad-CAM at {saliency.layer}: {target}"
    pictures: tuple[Picture, ...] = (
        of_image("What the network sees", displayed(crop), "The picture, cropped and scaled as the network gets it."),
        of_image(title, overlay(crop, saliency), overlay_alt_text(saliency, target), rows),
    )
    return Experiment(pictures, tuple(said))


def _is_drawn(query: Mapping[str, str]) -> bool:
    embedded_alone = query.get("weights", EMBEDDED) == EMBEDDED
    return embedded_alone and query.get("look", _VIEWS[0]) in _VIEWS and "sample" in query and "class" not in query


def code(query: Mapping[str, str]) -> str:
    """Python that asks the same network about the same sample."""
    if not _is_drawn(query):
        return ""
    layer = json.dumps(query["layer"]) if "layer" in query else "look.layers[-1]"
    return _CODE.format(sample=json.dumps(query["sample"]), layer=layer)


_CODE = """\
from explorer.cam.page_jobs import Asked, first_look
from explorer.charts.cam.overlay import overlay
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.weights.catalogue import embedded

weights = embedded()
crop = weights.preprocess.cropped(read_picture(sample_bytes({sample})))
look = first_look(Asked(weights.key), picture=weights.preprocess.numbers(crop))
for guess in look.likeliest(weights.classes):
    print(f"{{guess.name:12}} {{guess.probability:.1%}}")
print("unlike the pictures that it learned from" if look.is_strange else "like the pictures that it learned from")
overlay(crop, look.at({layer}))"""
