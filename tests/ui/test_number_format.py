"""Numbers in tables are written as those in sentences, whatever the browser's language is."""

import re
from pathlib import Path

UI = Path(__file__).parents[2] / "explorer" / "ui"


def test_no_table_leaves_the_signs_of_its_numbers_to_the_browser() -> None:
    texts = [path.read_text(encoding="utf-8") for path in UI.rglob("*.py")]
    formats = [
        found
        for text in texts
        for found in re.findall(r"(?s)(?:Number|Progress)Column\((?:(?!Column\().)*?format=([^,)]+)", text)
    ]
    assert set(formats) == {"WHOLE_NUMBERS", "PERCENT"}
