"""The writer of CSV against what a spreadsheet would execute."""

import csv
import io

import pytest

from explorer.export.csv_text import csv_text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])  # the last ones are wide
@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n", "\u3000"])
def test_text_that_begins_as_a_formula_is_text(sign: str, before: str) -> None:
    text = f"{before}{sign}1+1"
    (header, row) = csv.reader(io.StringIO(csv_text([text], [[text]]), newline=""))
    assert header == row == [f"'{text}"]


@pytest.mark.parametrize("cell", ["1=1", "a-b", "", "é＝", -1, -1.5])
def test_everything_else_stays(cell: object) -> None:
    (_, row) = csv.reader(io.StringIO(csv_text(["a", "b"], [[cell, 1]]), newline=""))
    assert row == [str(cell), "1"]
