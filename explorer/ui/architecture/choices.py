"""The choices of the Architecture page: all of them in the link, whichever part of the page is open."""

from explorer.ui.state.selection import SELECTION
from explorer.ui.state.url_control import Control, lid
from explorer.ui.widgets import device
from explorer.ui.widgets.layer_table import ROLES, SEARCH, STAGES
from explorer.ui.widgets.network_editor import more_options

COUNTS = lid("counts", "Why is my count different? What torchinfo, thop, Keras and others count")
NUMBER = Control(
    "number",
    "",
    (),
    "A number you were given",
    "As the tool printed it, with its unit, and with the words before it if you have them. It is looked for among the "
    "counts of this network and of all published ones.",
)
ROWS = lid("rows", "Memory, and what torchinfo saw row by row")
FILES = lid("files", "Take it away: as PyTorch, Keras or ONNX, as a picture for a paper, as a table")
FILE = Control("file", "pytorch", ("pytorch", "keras", "onnx", "safetensors", "tikz", "csv", "json"), "Kind of file")

ALL = (
    *(SELECTION, more_options("net"), SEARCH, STAGES, ROLES, device.DEVICE, device.BATCH),
    *(COUNTS, NUMBER, ROWS, FILES, FILE),
)
