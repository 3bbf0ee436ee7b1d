"""A path as JSON, to keep, edit and hand on, and as a short text for a link.

Both come from outside: they are bounded before they are read, and a broken one is refused with a sentence.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from explorer.paths.shipped import SHIPPED
from explorer.paths.values import Option, Path, Question, Step
from explorer.text.errors import Refusal
from explorer.text.quantities import listed
from explorer.text.typed_numbers import quoted

MOST_JSON = 64_000  # bytes
MOST_LINK = 6_000  # characters; servers and browsers take links of 8,000
OWN = "~"  # begins a path in a link that is somebody's own

_BROKEN = "This path cannot be read: "
T = TypeVar("T")


def to_json(path: Path) -> str:
    """Returns the path as a JSON text with indents. What is at its default is left out."""
    return json.dumps(_lean(asdict(path)), ensure_ascii=False, indent=2)


def from_json(text: str | bytes) -> Path:
    """Returns the path that ``to_json`` or a person wrote.

    Raises:
        Refusal: it is no path; the message says where.
    """
    if len(text) > MOST_JSON:
        raise Refusal(f"{_BROKEN}it has {len(text):,} characters, and {MOST_JSON:,} are the most.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{_BROKEN}it is not JSON. {str(error)[:100]}") from None
    return _path(values)


def to_link(path: Path) -> str:
    """Returns a shipped path's name, or all of another path in letters that a link may hold.

    Raises:
        Refusal: the path is too long for a link.
    """
    if path.key:
        return path.key
    lean = json.dumps(_lean(asdict(path)), ensure_ascii=False, separators=(",", ":")).encode()
    text = OWN + base64.urlsafe_b64encode(zlib.compress(lean, 9)).decode().rstrip("=")
    if len(text) > MOST_LINK:
        raise Refusal(
            f"This path is too long for a link: {len(text):,} characters, and {MOST_LINK:,} are the most. Shorten its "
            "texts, or hand it on as a file."
        )
    return text


def from_link(text: str) -> Path:
    """Returns the path of a link.

    Raises:
        Refusal: there is no such path.
    """
    if not text.startswith(OWN):
        found = next((path for path in SHIPPED if path.key == text), None)
        if found is None:
            raise Refusal(f"There is no path called {quoted(text)}: there are {listed([p.key for p in SHIPPED])}.")
        return found
    if len(text) > MOST_LINK:
        raise Refusal(f"{_BROKEN}its link has {len(text):,} characters, and {MOST_LINK:,} are the most.")
    body = text.removeprefix(OWN)
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars="-_", validate=True)
        reader = zlib.decompressobj()
        lean = reader.decompress(packed, MOST_JSON + 1)
        if not reader.eof and len(lean) <= MOST_JSON:
            raise zlib.error
    except (binascii.Error, zlib.error, ValueError):
        raise Refusal(f"{_BROKEN}its link is cut off or was changed.") from None
    return from_json(lean)


def _lean(values: Any) -> Any:
    """The values without empty ones."""
    if isinstance(values, Mapping):
        return {key: _lean(value) for key, value in values.items() if value not in ("", (), None)}
    return [_lean(value) for value in values] if isinstance(values, list | tuple) else values


def _path(values: Any) -> Path:
    fields = _fields("path", values, {"title": str, "steps": list, "key": str})
    steps = tuple(_step(number, each) for number, each in enumerate(fields.pop("steps", []), start=1))
    fields.pop("key", "")  # a name belongs to shipped paths
    return Path(fields.get("title", ""), steps)


def _step(number: int, values: Any) -> Step:
    kinds = {"title": str, "page": str, "query": list, "question": dict, "look": str, "note": str, "minutes": int}
    try:
        fields = _fields("step", values, kinds)
        question, query = fields.pop("question", None), fields.pop("query", [])
        asked = None if question is None else _question(question)
        return Step(**{"title": "", "page": "", **fields}, query=tuple(map(_pair, query)), question=asked)
    except Refusal as error:
        raise Refusal(f"Step {number}: {error}") from None


def _question(values: Any) -> Question:
    kinds = {"text": str, "options": list, "unit": str, "truth": str, "right": int}
    fields = _fields("question", values, kinds)
    options = tuple(
        Option(**{"text": "", **_fields("option", each, {"text": str, "answer": str, "wrong": str})})
        for each in fields.pop("options", [])
    )
    question = Question(**{"text": "", **fields}, options=options)
    if question.truth and question.truth not in _known():
        raise Refusal(f"{quoted(question.truth)} is nothing that this app measures.")
    if question.truth and _answers(question) not in _known()[question.truth]:
        return replace(question, truth="")  # its options were changed: the truth need not be among them
    return question


Answers = tuple[tuple[Option, ...], str]


def _answers(question: Question) -> Answers:
    """What can be answered to a question, whatever its words: its options, or a number in its unit."""
    return question.options, question.unit


def _known() -> dict[str, list[Answers]]:
    """What can be answered to the shipped paths' questions, by what is measured for them."""
    known: dict[str, list[Answers]] = {}
    for path in SHIPPED:
        for step in path.steps:
            if step.question and step.question.truth:
                known.setdefault(step.question.truth, []).append(_answers(step.question))
    return known


def _pair(values: Any) -> tuple[str, str]:
    if isinstance(values, list) and len(values) == 2 and all(isinstance(each, str) for each in values):
        return values[0], values[1]
    raise Refusal("its link is no list of pairs of a name and a value.")


def _fields(what: str, values: Any, kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    """The values, known to be of these names and kinds."""
    if not isinstance(values, dict):
        raise Refusal(f"{_BROKEN}a {what} has to be an object with {listed(list(kinds))}.")
    for name, value in values.items():
        if name not in kinds:
            raise Refusal(f"A {what} has no {quoted(name)}: it has {listed(list(kinds))}.")
        if type(value) is not kinds[name]:  # True is an int, too
            raise Refusal(f"“{name}” of a {what} has to be {_KINDS[kinds[name]]}.")
    return dict(values)


_KINDS = {str: "a text", list: "a list", dict: "an object", int: "a whole number"}
