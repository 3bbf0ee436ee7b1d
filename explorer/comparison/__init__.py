"""Networks held against the first of them in numbers and words, all computed: the headline and why it is so.

``names`` says what they are called, ``figures`` has their numbers, ``parts`` what each part has of them, ``settings``
where the configurations differ; ``why`` makes one sentence of that, ``lessons`` more lines for a class.
"""

from explorer.comparison.figures import HeadlineRow, headline
from explorer.comparison.lessons import explanation
from explorer.comparison.parts import Change, Part, changes
from explorer.comparison.settings import clauses, setting_changes
from explorer.comparison.why import sentence
from explorer.presets import spoken
from explorer.ratios import TIMES, ratio
from explorer.units import listed

__all__ = [
    "TIMES",
    "Change",
    "HeadlineRow",
    "Part",
    "changes",
    "clauses",
    "explanation",
    "headline",
    "listed",
    "ratio",
    "sentence",
    "setting_changes",
    "spoken",
]
