"""How classes, probabilities, shares and methods are called, wherever a map of evidence is shown. Without torch."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from explorer.cam.saliency_map import Method
from explorer.pictures.fonts import shortened_middle

METHOD_NAMES: Mapping[Method, str] = {
    Method.GRAD_CAM: "Grad-CAM",
    Method.GRAD_CAM_PLUS_PLUS: "Grad-CAM++",
    Method.LAYER_CAM: "LayerCAM",
    Method.GUIDED_GRAD_CAM: "Guided Grad-CAM",
    Method.INTEGRATED_GRADIENTS: "Integrated Gradients",
    Method.OCCLUSION: "Occlusion",
}
# What a map's values are counted in; of some methods, as a product of a logit and a gradient, in nothing with a name.
METHOD_UNITS: Mapping[Method, str] = {
    Method.GRAD_CAM: "logits",
    Method.GRAD_CAM_PLUS_PLUS: "",
    Method.LAYER_CAM: "logits",
    Method.GUIDED_GRAD_CAM: "",
    Method.INTEGRATED_GRADIENTS: "logits",
    Method.OCCLUSION: "logits",
}
SHORT = 20  # signs of a class's name beside its bar


def chance_words(probability: float) -> str:
    """A probability in percent, two digits at least where there is something to tell apart: ``97 %``, ``0.23 %``.

    Never 0 % or 100 %, which a softmax never says: ``< 0.01 %``, ``> 99.99 %``.
    """
    percent = 100 * probability
    if math.isnan(percent):
        return "not a number"
    if percent < 0.01:
        return "< 0.01 %"
    if percent > 99.99:
        return "> 99.99 %"
    digits = 2 if percent < 0.995 or percent >= 99 else 1 if percent < 9.95 else 0
    return f"{percent:.{digits}f} %"


def share_words(share: float) -> str:
    """A part of a whole in whole percent; a little is never nothing, and nearly all is not all."""
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{round(100 * share)} %"


def halves_words(share: float) -> tuple[str, str]:
    """A part of a whole and the rest of it in whole percent that sum to 100."""
    if 0.01 <= share <= 0.99:
        return f"{round(100 * share)} %", f"{100 - round(100 * share)} %"
    most = math.nextafter(1, 0) if share else 1.0  # beside a very small share the rest would round to all
    return share_words(share), share_words(min(1 - share, most))


def short_names(names: Sequence[str], indices: Sequence[int], most: int = SHORT) -> tuple[str, ...]:
    """Names of classes, cut to ``most`` characters (a number may be added to them), all different.

    Of ImageNet's synonyms ("tench, Tinca tinca") the first is kept. What is too long loses its middle, for the ends of
    a name tell more: the last word is what it is, the first which. Where two are the same still, as ImageNet's two
    "crane" are in many lists, the class's index is added.
    """
    firsts = [name.split(",")[0].strip() or name for name in names]
    several = Counter(firsts)
    whole = [first if several[first] == 1 else name for first, name in zip(firsts, names, strict=True)]
    cut = [shortened_middle(re.sub(r"\s+", " ", name).strip(), most) for name in whole]
    same = Counter(cut)
    return tuple(
        name if same[name] == 1 and name else f"{name} #{index}".strip()
        for name, index in zip(cut, indices, strict=True)
    )
