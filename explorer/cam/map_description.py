"""What a map of evidence shows, in sentences that only its numbers decide. Without torch."""

import math
from collections.abc import Sequence

import numpy as np

from explorer.cam.evidence_place import EvidenceSpread, locate_evidence
from explorer.cam.foreground import Foreground
from explorer.cam.map_correlation import ALIKE_FROM, UNLIKE_BELOW, map_correlation
from explorer.cam.object_evidence import ObjectEvidence, evidence_on
from explorer.cam.saliency_map import Prediction, SaliencyMap
from explorer.cam.words import METHOD_NAMES, chance_words, halves_words, share_words
from explorer.text.quantities import counted, minus


def guess_sentence(network: str, predictions: Sequence[Prediction], unknown: str = "") -> str:
    """What the network says is in the picture, and what next: ``predictions`` are the likeliest, likeliest first.

    ``unknown`` is for pictures unlike those it learned from: what it knows instead, as "10 kinds of clothing".
    """
    first, *others = predictions
    if math.isnan(first.probability):
        return f"{network} says nothing: its outputs are no numbers."
    if unknown:
        return (
            f"This picture is unlike those that {network} learned from ({unknown}): don't trust its "
            f"“{first.name}” ({chance_words(first.probability)})."
        )
    if not others:
        return f"{network} says {first.name}, the only class it has."
    second = others[0]
    said = f"{network} says {first.name} ({chance_words(first.probability)})"
    if second.probability == first.probability:
        return f"{said} and {second.name} alike."
    return f"{said}, {second.name} next ({chance_words(second.probability)})."


def place_sentence(saliency: SaliencyMap, target: str, foreground: Foreground | None = None) -> str:
    """Where the evidence for the class called ``target`` lies: how much on the ``foreground`` if there is one, else in
    which part of the picture; or that there is no evidence."""
    if missing := _no_numbers(saliency):
        return missing
    found = locate_evidence(saliency.values)
    if found is None:
        zero = "zero everywhere" if not saliency.values.any() else "zero or below everywhere"
        return f"{_at(saliency)} nothing in the picture speaks for {target}: the map is {zero}."
    if foreground is not None:
        return _object_sentence(evidence_on(found, foreground), foreground, target)
    half = f"Half of the evidence for {target} lies in {share_words(found.half_area)} of the picture"
    quarter = f"the hottest quarter of the picture holds {share_words(found.hottest_quarter)}"
    if found.spread is EvidenceSpread.SPREAD:
        return f"{half}: it is spread out, {quarter}."
    if found.spread is EvidenceSpread.CONCENTRATED:
        return f"{half}, {found.zone}: it is concentrated, {quarter}."
    return f"{half}, {found.zone}; {quarter}."


def _object_sentence(found: ObjectEvidence, foreground: Foreground, target: str) -> str:
    """How much of the evidence lies on the object beside how much its area would get, on which part of it, and what
    the object is. If most lies beside the object, that comes first."""
    share, area = round(100 * found.share), round(100 * found.area)
    on_it, off_it = halves_words(found.share)
    covers = f"lies on the object, which covers {share_words(found.area)} of the picture"
    evidence = f"of the evidence for {target}"
    if share < 50:
        most = "Most" if found.share else "All"
        said = f"{most} {evidence} ({off_it}) lies beside the object, {found.beside}. {on_it} {covers}"
    else:
        said = f"{on_it} {evidence} {covers}"
    if share <= area:
        said += f": {'no more' if share == area else 'less'} than its area would get by chance"
    if part := found.part:
        where = f"{'most' if part.share >= 0.5 else 'strongest'} {part.name}"
        said += f"; {where}, {share_words(part.share)} of that on {share_words(part.area)} of the object"
    elif found.share:
        said += "; spread over the object"
    how = "brighter" if foreground.brighter else "darker"
    return f"{said}. The object is what is {how} than the ground, by Otsu's threshold."


def _at(saliency: SaliencyMap) -> str:
    return f"At {saliency.layer}" if saliency.layer else f"By {METHOD_NAMES[saliency.method]}"


def _no_numbers(saliency: SaliencyMap) -> str:
    """Why nothing is said of a map that holds other things than finite numbers."""
    count = int((~np.isfinite(saliency.values)).sum())
    if not count:
        return ""
    verb = "is no finite number" if count == 1 else "are no finite numbers"
    return f"{count:,} of the map's {counted(saliency.values.size, 'value')} {verb}, so nothing can be said of it."


def picture_sentences(
    network: str,
    predictions: Sequence[Prediction],
    saliency: SaliencyMap,
    target: Prediction,
    foreground: Foreground | None = None,
) -> tuple[str, ...]:
    """What the network says, which class the map is for where that is another, and where the evidence for it lies."""
    said = [guess_sentence(network, predictions)]
    if target.index != predictions[0].index and not math.isnan(target.probability):
        said.append(f"The map is for {target.name}, to which it gives {chance_words(target.probability)}.")
    return (*said, place_sentence(saliency, target.name, foreground))


def against_sentence(saliency: SaliencyMap, target: str, against: str) -> str:
    """Why ``target`` and not ``against``: how much of the map favours each, and where. The map is for one against the
    other, so that what is below zero favours the other."""
    if missing := _no_numbers(saliency):
        return missing
    values = saliency.values.astype(np.float64)
    weight = np.abs(values).sum()
    if not weight:
        return f"{_at(saliency)} nothing in the picture tells {target} from {against}: the map is zero everywhere."
    shares = halves_words(float(np.maximum(values, 0).sum() / weight))
    parts = []
    for name, share, side in zip((target, against), shares, (saliency.values, -saliency.values), strict=True):
        found = locate_evidence(side)
        place = "" if found is None or found.spread is EvidenceSpread.SPREAD else f" ({found.zone})"
        parts.append(f"{share} favours {name}{place}")
    return f"Why {target} and not {against}: of the map's mass {', '.join(parts)}."


def agreement_sentences(
    names: tuple[str, str], predictions: tuple[Sequence[Prediction], Sequence[Prediction]], correlation: float
) -> tuple[str, str]:
    """Whether two networks say the same of a picture, and how similar their maps are (``map_correlation``)."""
    first, second = (each[0] for each in predictions)
    chances = chance_words(first.probability), chance_words(second.probability)
    if math.isnan(first.probability) or math.isnan(second.probability):
        said = "The two cannot be compared: outputs are no numbers."
    elif first.name == second.name:
        said = f"Both say {first.name}: {names[0]} with {chances[0]}, {names[1]} with {chances[1]}."
    else:
        said = f"They disagree: {names[0]} says {first.name} ({chances[0]}), {names[1]} {second.name} ({chances[1]})."
    return said, alike_sentence("Their maps", correlation)


def alike_sentence(which: str, correlation: float) -> str:
    """How similar two maps are (``map_correlation``); ``which`` names them, as "Their maps"."""
    if math.isnan(correlation):
        return f"{which} cannot be compared: one of them is the same everywhere or holds no numbers."
    shown = round(correlation, 2) + 0.0
    word = "alike" if shown >= ALIKE_FROM else "unlike" if shown < UNLIKE_BELOW else "alike in part"
    return f"{which} are {word}: correlation {minus(f'{shown:.2f}')}."


def blocks_sentence(saliency: SaliencyMap, last: SaliencyMap) -> str:
    """How similar a block's map is to the last block's; empty for the last block itself."""
    if saliency.layer == last.layer:
        return ""
    which = f"The maps of {saliency.layer} and of the last block, {last.layer},"
    return alike_sentence(which, map_correlation(saliency.values, last.values))


def methods_sentence(saliency: SaliencyMap, coarse: SaliencyMap) -> str:
    """How similar another method's map is to Grad-CAM's."""
    which = f"{METHOD_NAMES[saliency.method]} and {METHOD_NAMES[coarse.method]} at {coarse.layer}"
    return alike_sentence(which, map_correlation(saliency.values, coarse.values))
