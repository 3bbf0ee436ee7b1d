"""What the Markdown files say about the code: their Python runs, and the files and names they mention are there."""

import re
from pathlib import Path

import pytest

from bench.server import ROOT

FILES = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
FILE = re.compile(r"`((?:explorer|pages|tests|bench|shipped|docs|deploy)/[\w/.-]*)`")
NAMES = re.compile(r"((?:`\w+`(?:,? and |, )?)+)\s+in\s+`((?:explorer|pages)/[\w/]+\.py)`")
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))


@every_file
def test_its_python_runs(file: Path) -> None:
    """All blocks of a file in their order, as one reads them."""
    names: dict[str, object] = {}
    for block in BLOCK.findall(file.read_text(encoding="utf-8")):
        exec(compile(block, str(file), "exec"), names)


@every_file
def test_what_it_points_to_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    places = [file.parent / place for place in LINK.findall(text)] + [ROOT / place for place in FILE.findall(text)]
    assert [str(place) for place in places if not place.exists()] == []


@every_file
def test_a_file_defines_the_names_that_the_text_says_it_has(file: Path) -> None:
    for names, place in NAMES.findall(file.read_text(encoding="utf-8")):
        code = (ROOT / place).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"^(class |def )?{name}\b", code, re.MULTILINE), f"{place} defines no {name}"


def test_the_library_and_the_readme_have_code() -> None:
    for file in (ROOT / "README.md", ROOT / "docs" / "library.md"):
        assert BLOCK.search(file.read_text(encoding="utf-8")), file.name
