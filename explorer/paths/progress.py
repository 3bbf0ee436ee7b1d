"""How far a reader is on a path, as a link holds it: what they answered at each step, and what they have seen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_STEPS, _SEEN = "~", "!"
_SAID = re.compile(r"[-+]?[0-9.,e+-]{0,12}")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, an option's place or a number as text, empty while there is none; ``seen`` once the truth is shown."""

    answer: str = ""
    seen: bool = False


def read_progress(text: str, steps: int) -> tuple[Said, ...]:
    """Returns the answer to each of ``steps`` steps. What is no answer counts as none."""
    parts = text.split(_STEPS)[:steps]
    return tuple(_said(part) for part in (*parts, *[""] * (steps - len(parts))))


def write_progress(said: Sequence[Said]) -> str:
    """Returns a short text for a link; empty where nothing is answered."""
    return _STEPS.join(each.answer + _SEEN * each.seen for each in said).rstrip(_STEPS)


def with_said(said: Sequence[Said], place: int, **changes: str | bool) -> tuple[Said, ...]:
    """The same with one step's answer changed."""
    changed = replace(said[place], **changes)  # type: ignore[arg-type]
    return (*said[:place], changed, *said[place + 1 :])


def _said(part: str) -> Said:
    answer = part.removesuffix(_SEEN)
    return Said(answer, part.endswith(_SEEN)) if _SAID.fullmatch(answer) else Said()
