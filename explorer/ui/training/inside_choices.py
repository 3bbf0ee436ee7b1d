"""The choices of the tabs that look into one network: which, trained or not. All of them in the link."""

from enum import StrEnum

from explorer.ui.state.url_control import Control, lid


class Weights(StrEnum):
    """Which weights a network has."""

    TRAINED = "trained"
    INITIAL = "untrained"


NETWORK = Control("looked_into", "", (), "Network")
WEIGHTS = Control(
    "inside_weights",
    Weights.TRAINED,
    tuple(Weights),
    "Weights",
    "Untrained: initial weights of seed 0. Its batch norms' statistics are measured on training pictures.",
)
PATH_VALUES = lid("paths_values", "The same as a table")
BLOCK_VALUES = lid("blocks_values", "The same as a table")
ALL = (NETWORK, WEIGHTS, PATH_VALUES, BLOCK_VALUES)
