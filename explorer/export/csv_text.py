"""The one writer of CSV: a header and rows of plain values as text that any spreadsheet reads and none executes."""

from collections.abc import Iterable, Sequence

import pandas as pd

_FORMULA = (*"=+-@", *"＝＋－＠")  # what a formula begins with, also as East Asian keyboards write it


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], *, line_end: str = "\r\n") -> str:
    """The rows as CSV (RFC 4180), numbers exact; None is an empty cell, NaN is written ``nan``.

    Text that a spreadsheet would take for a formula gets an apostrophe first (OWASP, "CSV Injection"). Encode the
    result as UTF-8 with a byte-order mark ("utf-8-sig") for Excel to read signs such as × and −.
    """
    cells = [[_harmless("" if cell is None else cell) for cell in row] for row in rows]
    table = pd.DataFrame(cells, columns=[_harmless(name) for name in header], dtype=object)
    return str(table.to_csv(index=False, lineterminator=line_end, na_rep="nan"))


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip()[:1] in _FORMULA else cell
