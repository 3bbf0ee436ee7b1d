"""Networks held against the first of them in numbers and words, all computed: the headline and why it is so.

``headline_rows`` has their numbers, ``parts`` what each part has of them, ``settings`` where the configurations differ;
``difference`` makes one sentence of that, ``more_lines`` more for a class, ``largest_shares`` one on where it all goes.
"""

from explorer.compare.sentences.difference import difference_sentence
from explorer.compare.sentences.headline_rows import HeadlineRow, headline
from explorer.compare.sentences.largest_shares import largest_shares, largest_stage
from explorer.compare.sentences.more_lines import explanation
from explorer.compare.sentences.parts import Change, Part, changes
from explorer.compare.sentences.settings import clauses, setting_changes

__all__ = [
    "Change",
    "HeadlineRow",
    "Part",
    "changes",
    "clauses",
    "difference_sentence",
    "explanation",
    "headline",
    "largest_shares",
    "largest_stage",
    "setting_changes",
]
