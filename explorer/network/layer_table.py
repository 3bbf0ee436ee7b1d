"""Tables as data frames: every layer by the arithmetic, the parts a reader asks for, and what ran live."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS
from explorer.text.quantities import shape

if TYPE_CHECKING:
    pass

COLUMNS = (
    "layer",
    "role",
    "stage",
    "input",
    "output",
    "parameters",
    "share of parameters",
    "MACs",
    "share of MACs",
    "receptive field",
    "output memory",
)


@lru_cache(maxsize=32)
def layer_frame(arch: Architecture) -> pd.DataFrame:
    """One row for each layer in forward order; shares are fractions of the network's totals, memory is in bytes.

    The frame is shared between readers: copy it before changing it.
    """
    rows = [
        (
            layer.name,
            ROLE_LABELS[layer.role],
            layer.stage,
            shape(layer.input_shape),
            shape(layer.output_shape),
            layer.params,
            layer.params / arch.params,
            layer.macs,
            layer.macs / arch.macs,
            layer.receptive_field,
            layer.activation_bytes,
        )
        for layer in arch.layers
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def search(frame: pd.DataFrame, words: str, stages: Collection[str], roles: Collection[str]) -> pd.DataFrame:
    """Rows whose text has all the words, in the stages and roles given (none given: all). The index is kept.

    Case does not matter, and the × of a shape may be typed as ``*`` or, between digits, as ``x``, and its thousands
    with or without commas.
    """
    found = frame
    if stages:
        found = found[found["stage"].isin(list(stages))]
    if roles:
        found = found[found["role"].isin(list(roles))]
    if not words.strip():
        return found
    columns = [found[name] for name in ("layer", "role", "stage", "input", "output")]
    written = [" ".join(cells).lower() for cells in zip(*columns, strict=True)]
    text = pd.Series([f"{line} {line.replace(',', '')}" for line in written], index=found.index, dtype=str)
    for word in re.sub(r"\*|(?<=\d)x(?=\d)", "×", words.lower()).split():
        hits = text.str.contains(word, regex=False)
        found, text = found[hits], text[hits]
    return found
