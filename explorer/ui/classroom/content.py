"""What the bar shows of a class, as plain data for its script."""

from typing import Any

from explorer.classroom.histogram import histogram
from explorer.classroom.values import (
    MAX_MINUTES,
    MAX_OPTION,
    MAX_OPTIONS,
    MAX_QUESTION,
    MAX_UNIT,
    Asked,
    Hidden,
    Scene,
)
from explorer.text.typed_numbers import LONGEST
from explorer.ui.classroom import follow
from explorer.ui.classroom.membership import COOKIE_SECONDS, UNSEATED, Member

Content = dict[str, Any]
_BOUNDS = {  # the most characters of each field of the bar, and the most minutes
    "question": MAX_QUESTION,
    "options": MAX_OPTIONS * (MAX_OPTION + 1),  # an option a line
    "unit": MAX_UNIT,
    "number": LONGEST,
    "minutes": MAX_MINUTES,
}


def content(member: Member, scene: Scene) -> Content:
    """Returns what both see, and what the teacher or this student sees of it."""
    name, value = member.cookie
    return {
        "version": scene.version,
        "leads": member.leads,
        "code": member.code,
        "ended": scene.ended,
        "cookie": {"name": name, "value": value, "seconds": 0 if scene.ended else COOKIE_SECONDS},
        "students": scene.students if member.leads else None,
        "following": scene.following,
        "hides": [each for each in scene.hidden if not (member.leads and each in (Hidden.SETTINGS, Hidden.PAGE))],
        "hidden": list(scene.hidden),
        "projector": scene.projector and member.leads,
        "seeds": scene.seeds,
        "seconds": scene.seconds_left,
        "questions": [_question(asked, scene) for asked in scene.asked],
        "round": scene.round,
        "revealed": scene.revealed,
        "away": not member.leads and follow.is_away(scene),
        "going": not member.leads and follow.is_going(scene),
        "unseated": scene is UNSEATED,
        "bounds": _BOUNDS,
    }


def _question(asked: Asked, scene: Scene) -> Content:
    """A question; the right answer stays out until it is revealed, since the teacher's screen is on the wall."""
    shown: Content = {
        "number": asked.number,
        "text": asked.poll.question,
        "options": list(asked.poll.options),
        "unit": asked.poll.unit,
        "mine": asked.mine,
        "bars": [],
        "answers": [tally.answers for tally in asked.rounds],
        "truth": "",
    }
    for bar in histogram(asked):
        known = {"right": bar.right, "why": bar.why} if scene.revealed else {"right": False, "why": ""}
        shown["bars"].append({"label": bar.label, "counts": list(bar.counts), **known})
    if scene.revealed and asked.truth:
        right = f"{asked.truth.right:,.6g} {asked.poll.unit}".strip() if not asked.poll.options else ""
        shown["truth"] = asked.truth.sentence or (right and f"It is {right}.")
    return shown
