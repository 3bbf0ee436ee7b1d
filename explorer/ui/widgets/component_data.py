"""What a component of ours gets to draw, written as JSON here: its script reads the bytes.

Streamlit takes a dictionary too, but looks at each of its values for a table and writes it twice, at every rerun.
"""

from collections.abc import Mapping
from typing import Any

import orjson


def packed(data: Mapping[str, Any]) -> bytes:
    """Returns the data as JSON, for ``JSON.parse(new TextDecoder().decode(data))`` in the component's script."""
    return orjson.dumps(data)
