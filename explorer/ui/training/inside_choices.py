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
PICTURES = 12
BLOCK = Control("inside_block", "", (), "Block")
PICTURE = Control("inside_picture", "0", tuple(map(str, range(PICTURES))), "Test picture")
ALL = (NETWORK, WEIGHTS, BLOCK, PICTURE, PATH_VALUES, BLOCK_VALUES)
