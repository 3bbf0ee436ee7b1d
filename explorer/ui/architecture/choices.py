"""The choices of the Architecture page: all of them in the link, whichever part of the page is open."""

from explorer.ui.state.selection import SELECTION
from explorer.ui.state.url_control import lid
from explorer.ui.widgets import device
from explorer.ui.widgets.layer_table import ROLES, SEARCH, STAGES
from explorer.ui.widgets.network_editor import more_options

ROWS = lid("rows", "Memory, and what torchinfo saw row by row")
FILES = lid("files", "Take it away: every layer as CSV or JSON, the PyTorch file")

ALL = (SELECTION, more_options("net"), SEARCH, STAGES, ROLES, device.DEVICE, device.BATCH, ROWS, FILES)
