"""The numbers of both pictures as tables, on request."""

import pandas as pd

from explorer.ui.start.choices import VALUES
from explorer.ui.start.idea import block_rows
from explorer.ui.start.problem import curves_rows


def tables() -> None:
    """Draw the expander, and both tables while it is open."""
    expander = VALUES.expander()
    if expander:
        for rows, alt in ((curves_rows(), "The training loss of each network"), (block_rows(), "The block's values")):
            expander.dataframe(pd.DataFrame(rows), hide_index=True, height=300, alt=alt)
