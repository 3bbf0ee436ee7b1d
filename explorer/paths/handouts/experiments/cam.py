"""The Grad-CAM page: a sample picture, the network's guesses, the map of its evidence, and the tests of that map."""

import json
from collections.abc import Mapping

from explorer.cam.results import Examination, Look
from explorer.cam.saliency_map import SaliencyMap
from explorer.cam.verdict import curve_check, weights_check
from explorer.charts.cam.belief_curve import belief_curve_alt_text, belief_curve_chart, belief_curve_rows
from explorer.charts.cam.overlay import displayed, overlay, overlay_alt_text
from explorer.charts.cam.randomisation import randomisation_alt_text, randomisation_chart, randomisation_rows
from explorer.charts.table_twin import Row
from explorer.jobs.idle import Request
from explorer.paths.handouts.pictures import of_figure, of_image
from explorer.paths.handouts.values import Ask, Experiment, Picture
from explorer.paths.truths.maps import Seen, examine_sample, guess, look_at_sample, said_of_map
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.text.quantities import percent
from explorer.weights.catalogue import EMBEDDED, embedded

_MAP, _TESTS = "The map", "Believe it?"  # the tabs that are shown, by their names in the link


def experiment(query: Mapping[str, str], device: str, ask: Ask) -> Experiment:
    """The sample of the link, seen by the network that comes with the app; other weights may have to be downloaded."""
    if not _is_drawn(query):
        return Experiment()
    sample, name = query["sample"], _class(query)
    seen: Seen = ask(Request(look_at_sample, (sample, device, name) if name else (sample, device), device))
    look = seen.look
    target = name or look.likeliest(embedded().classes)[0].name
    pictures = [*_pictures(sample, look, look.at(query.get("layer", look.layers[-1])), target)]
    said = [guess(look), *said_of_map(seen)] if "layer" not in query else [guess(look)]
    if _view(query) == _TESTS and not name and "layer" not in query:
        _, found = ask(Request(examine_sample, (sample, device), device))
        pictures += _tests(sample, found, target)
        curves = (curve_check(found.deletion).sentence, curve_check(found.insertion).sentence)
        said += [*curves, weights_check(found.randomisation).sentence]
    return Experiment(tuple(pictures), tuple(said))


def _view(query: Mapping[str, str]) -> str:
    return query.get("look", _MAP)


def _is_drawn(query: Mapping[str, str]) -> bool:
    known = query.get("weights", EMBEDDED) == EMBEDDED
    return known and _view(query) in (_MAP, _TESTS) and "sample" in query and "against" not in query


def _class(query: Mapping[str, str]) -> str:
    """The name of the class that the link asks for, empty where it asks for none."""
    return embedded().classes[int(query["class"])] if query.get("class") else ""


def _pictures(sample: str, look: Look, saliency: SaliencyMap, target: str) -> tuple[Picture, Picture]:
    weights = embedded()
    crop = weights.preprocess.cropped(read_picture(sample_bytes(sample)))
    rows: list[Row] = [
        {"class": each.name, "probability": percent(each.probability, 1)} for each in look.likeliest(weights.classes)
    ]
    title = f"Grad-CAM at {saliency.layer}: {target}"
    return (
        of_image("What the network sees", displayed(crop), "The picture, cropped and scaled as the network gets it."),
        of_image(title, overlay(crop, saliency), overlay_alt_text(saliency, target), rows),
    )


def _tests(sample: str, found: Examination, target: str) -> list[Picture]:
    curves = [
        of_figure(
            belief_curve_chart(curve, target),
            belief_curve_alt_text(curve, target),
            belief_curve_rows(curve),
            f"{sample}-{curve.trial}",
        )
        for curve in (found.deletion, found.insertion)
    ]
    run = found.randomisation
    random = randomisation_chart(run), randomisation_alt_text(run), randomisation_rows(run)
    return [*curves, of_figure(*random, f"{sample}-random")]


def code(query: Mapping[str, str]) -> str:
    """Python that asks the same network about the same sample."""
    if not _is_drawn(query):
        return ""
    name = _class(query)
    look = _LOOK.format(
        sample=json.dumps(query["sample"]),
        target=f"weights.classes.index({json.dumps(name)})" if name else "None",
        layer=json.dumps(query["layer"]) if "layer" in query else "look.layers[-1]",
    )
    return look + (_EXAMINE if _view(query) == _TESTS else "") + "\noverlay(crop, look.at(layer))"


_LOOK = """\
from explorer.cam.page_jobs import Asked, examine, first_look
from explorer.cam.verdict import curve_check, weights_check
from explorer.charts.cam.overlay import overlay
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample_bytes
from explorer.text.quantities import percent
from explorer.weights.catalogue import embedded

weights = embedded()
asked = Asked(weights.key)
crop = weights.preprocess.cropped(read_picture(sample_bytes({sample})))
picture = weights.preprocess.numbers(crop)
look = first_look(asked, picture=picture, target={target})
for guess in look.likeliest(weights.classes):
    print(f"{{guess.name:12}} {{guess.probability:.1%}}")
print("unlike the pictures that it learned from" if look.is_strange else "like the pictures that it learned from")
layer = {layer}"""

_EXAMINE = """
found = examine(asked, picture=picture, values=look.at(layer).values, target=look.target, layer=layer)
for check in (curve_check(found.deletion), curve_check(found.insertion), weights_check(found.randomisation)):
    print(check.sentence)"""
