"""Words in the landscape: which published networks' names have room, and the budget's limits beside its lines.

Everything is placed for a phone: words that do not overlap there do not overlap on a wider page.
"""

import math
from collections.abc import Sequence
from typing import Any

from explorer.charts.annotations import annotation
from explorer.charts.compare.landscape_points import importance
from explorer.charts.figure_text import TEXT, escaped, inked
from explorer.charts.palette import MUTED
from explorer.compare.landscape import Budget, Candidate
from explorer.network.names import name_of
from explorer.text.quantities import human

HEIGHT = 430  # pixels of the plot
_PHONE = (270.0, float(HEIGHT))  # width and height of the plot on a phone
_SIGN, _LINE, _ASIDE = 7.4, 17.0, 10.0  # pixels: a character's width, a line's height, a name's distance sideways

Ranges = tuple[tuple[float, float], tuple[float, float]]
"""Both axes' limits as common logarithms."""
_Box = tuple[float, float, float, float]  # left, right, bottom, top in pixels of a phone


def preset_names(
    presets: Sequence[Candidate], others: Sequence[Candidate], ranges: Ranges, budget: Budget | None
) -> list[dict[str, Any]]:
    """The names of ``presets``, each with a line to its point; a name that would cover a point or a word is left out.

    All networks lie along one band that rises to the right, whatever the page's width. So names stand below the band
    and right of their points, or above it and left of them.
    """
    points = [_pixels(candidate.totals.params, candidate.totals.macs, ranges) for candidate in presets]
    taken = _point_boxes([*points, *(_pixels(each.totals.params, each.totals.macs, ranges) for each in others)])
    taken += _budget_boxes(budget, ranges)
    found = []
    for index in sorted(range(len(presets)), key=lambda index: importance(presets[index].config)):
        name = name_of(presets[index].config)
        options = ((way, away) for away in range(16, 80, 8) for way in (1, -1))
        free = next((o for o in options if _is_free(_name_box(points[index], len(name), *o), taken)), None)
        if free is not None:
            taken.append(_name_box(points[index], len(name), *free))
            found.append(_name(presets[index], name, *free))
    return found


def _point_boxes(points: Sequence[tuple[float, float]]) -> list[_Box]:
    """The room that points take, those within three pixels taken together."""
    spots = {(round(x / 3), round(y / 3)) for x, y in points}
    return [(3 * x - 4, 3 * x + 4, 3 * y - 4, 3 * y + 4) for x, y in spots]


def _name(candidate: Candidate, name: str, way: int, away: int) -> dict[str, Any]:
    """A name with a line to its point; ``way`` and ``away`` as in ``_name_box``."""
    return {
        "x": math.log10(candidate.totals.params),
        "y": math.log10(candidate.totals.macs),
        "text": inked(escaped(name)),
        "font": {"size": TEXT},
        "ax": way * _ASIDE,
        "ay": way * away,
        "xanchor": "left" if way > 0 else "right",
        "arrowhead": 0,
        "arrowwidth": 1,
        "arrowcolor": MUTED,
        "borderpad": 1,
    }


def _pixels(params: int, macs: int, ranges: Ranges) -> tuple[float, float]:
    (left, right), (bottom, top) = ranges
    x = (math.log10(params) - left) / (right - left)
    y = (math.log10(macs) - bottom) / (top - bottom)
    return x * _PHONE[0], y * _PHONE[1]


def _budget_boxes(budget: Budget | None, ranges: Ranges) -> list[_Box]:
    """The room that the words of ``budget_words`` take."""
    if budget is None:
        return []
    x, y = _pixels(budget.max_params, budget.max_macs, ranges)
    params, macs = (_SIGN * len(text) for text in _limits(budget))
    if _would_cross(budget, ranges):
        return [(x, x + params + macs, y, y + _LINE)]
    return [(x - _LINE, x, 0, params), (0, macs, y, y + _LINE)]


def _would_cross(budget: Budget, ranges: Ranges) -> bool:
    """Whether the words beside the budget's two lines would cover each other, near the corner of the plot."""
    x, y = _pixels(budget.max_params, budget.max_macs, ranges)
    params, macs = (_SIGN * len(text) for text in _limits(budget))
    return x - _LINE < macs and y < params


def _limits(budget: Budget) -> tuple[str, str]:
    return f"{human(budget.max_params)} parameters", f"{human(budget.max_macs)} MACs"


def _name_box(point: tuple[float, float], signs: int, way: int, away: int) -> _Box:
    """The room of a name ``away`` pixels from its point: below and right for ``way`` 1, above and left for -1."""
    x, y, width = point[0] + way * _ASIDE, point[1] - way * away, _SIGN * signs
    left = x if way > 0 else x - width
    return left, left + width, y - _LINE / 2, y + _LINE / 2


def _is_free(box: _Box, taken: Sequence[_Box]) -> bool:
    left, right, bottom, top = box
    inside = left >= 0 and right <= _PHONE[0] and bottom >= 0 and top <= _PHONE[1]
    return inside and not any(left < r and right > le and bottom < t and top > b for le, r, b, t in taken)


def budget_words(budget: Budget | None, ranges: Ranges) -> list[dict[str, Any]]:
    """The limits beside their lines, at the plot's edges, where the fewest points are.

    If they would cover each other, both stand together at the budget's corner.
    """
    if budget is None:
        return []
    params, macs = _limits(budget)
    x, y = math.log10(budget.max_params), math.log10(budget.max_macs)
    if _would_cross(budget, ranges):
        return [annotation(f"{params}, {macs}", x=x, y=y, xanchor="left", yanchor="bottom")]
    return [
        annotation(params, x=x, y=0, yref="paper", xanchor="right", yanchor="bottom", textangle=-90),
        annotation(macs, x=0, y=y, xref="paper", xanchor="left", yanchor="bottom"),
    ]
