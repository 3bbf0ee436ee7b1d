"""A whole HTML file that works from a disk: no scripts, no network, and every word of somebody's own escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from explorer.charts.table_twin import Row
from explorer.paths.handouts.values import Handout, StepHandout
from explorer.text.quantities import capitalised

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def document(title: str, body: Iterable[str], *styles: str) -> bytes:
    """The file. ``styles`` are files beside this one, ``body`` is markup. Nothing in it may load anything."""
    css = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("handout.css", *styles))
    parts = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n<main>",
        *body,
        "</main>\n</body>\n</html>\n",
    )
    return "\n".join(parts).encode()


def paragraphs(sentences: Iterable[str]) -> str:
    """A paragraph for each sentence, which begins with a capital."""
    return "".join(f"<p>{escape(capitalised(sentence))}</p>" for sentence in sentences)


def bullets(sentences: Iterable[str]) -> str:
    """A list of sentences, which begin with capitals; nothing where there are none."""
    found = "".join(f"<li>{escape(capitalised(sentence))}</li>" for sentence in sentences)
    return f"<ul>{found}</ul>" if found else ""


def folded(summary: str, markup: str) -> str:
    """What is shown once its ``summary``, plain text, is clicked; nothing where there is none."""
    return f"<details><summary>{escape(summary)}</summary>{markup}</details>" if markup else ""


def table(rows: Sequence[Row], name: str) -> str:
    """A table that scrolls sideways by itself; ``name`` says what it holds."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in rows[0])
    lines = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in rows)
    frame = f'class="scroll" role="group" tabindex="0" aria-label="{escape(name)}"'
    return f"<div {frame}><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"


def _cell(value: object) -> str:
    words = "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"<td>{escape(words)}</td>"


def live_link(handout: Handout, number: int, address: str) -> str:
    """Step ``number``, from 1, in the app at ``address``, which ends with a slash.

    A shipped path's link names path and step, and tells nothing: a view's own link may hold what was asked for.
    """
    path, step = handout.path, handout.steps[number - 1].step
    query = (("path", path.key), ("path_step", str(number))) if path.key else step.query
    return f"{address}{step.page}{'?' if query else ''}{urlencode(query)}"


def numbered(handout: Handout) -> Iterable[tuple[int, StepHandout]]:
    """The steps with their numbers, from 1."""
    return enumerate(handout.steps, start=1)
