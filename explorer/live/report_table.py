"""What ran live as a data frame, layer by layer."""

from typing import TYPE_CHECKING

import pandas as pd

from explorer.text.quantities import shape

if TYPE_CHECKING:
    from explorer.live.inspect import LiveReport


def rows_frame(report: "LiveReport") -> pd.DataFrame:
    """What torchinfo saw of the live network, one row for each layer in order of execution, with the verdict."""
    wrong: dict[str, list[str]] = {}
    for mismatch in report.mismatches:
        wrong.setdefault(mismatch.layer, []).append(mismatch.sentence)
    rows = [
        (
            row.name,
            row.class_name,
            shape(row.input_shape),
            shape(row.output_shape),
            row.params,
            row.mult_adds,
            row.macs,
            "; ".join(wrong.get(row.name, ["agrees"])),
        )
        for row in report.rows
    ]
    columns = ["layer", "class", "input", "output", "parameters", "torchinfo's mult-adds", "MACs", "arithmetic"]
    return pd.DataFrame(rows, columns=columns)
