"""The choices of the paths tab: whose paths, trained or not. All of them in the link."""

from enum import StrEnum

from explorer.ui.state.url_control import Control, lid


class Weights(StrEnum):
    """Which weights a network has."""

    TRAINED = "trained"
    INITIAL = "untrained"


NETWORK = Control("paths_of", "", (), "Network")
WEIGHTS = Control(
    "paths_weights",
    Weights.TRAINED,
    tuple(Weights),
    "Weights",
    "Untrained: initial weights of seed 0. Its batch norms' statistics are measured on training pictures.",
)
VALUES = lid("paths_values", "The same as a table")
ALL = (NETWORK, WEIGHTS, VALUES)
