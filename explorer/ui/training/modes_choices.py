"""The choices of the tab "Train or eval?": network, batch and norm. All of them in the link."""

from explorer.training.modes.values import SIZES
from explorer.ui.state.url_control import Control, lid

NETWORK = Control("modes_network", "", (), "Network")
NORM = Control("modes_norm", "", (), "Batch norm", "The last norms see what is most alike in pictures of one class.")
SIZE = Control("modes_batch", "32", tuple(map(str, SIZES)), "Pictures in the batch")
BEFORE = Control(
    "modes_before",
    "running",
    ("running", "batch"),
    "Norms before it use",
    "Running statistics: as in evaluation mode. The batch's: as in training mode.",
)
VALUES = lid("modes_values", "The same as a table")
CHANNELS = lid("modes_channels", "The same as a table")
ALL = (NETWORK, NORM, SIZE, BEFORE, VALUES, CHANNELS)
