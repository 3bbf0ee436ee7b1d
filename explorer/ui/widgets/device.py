"""Where a network runs, and on how many images: one choice for every page that measures."""

from explorer.ui.state.cluster import devices
from explorer.ui.state.url_control import Control

BATCH = Control(
    "batch",
    "1",
    ("1", "2", "4", "8", "16", "32"),
    "Images in the batch",
    "Random images that go through a network at once. More images take more time and memory.",
)
DEVICE = Control("device", "", (), "Device", "Where networks are built and run.")  # by default the fastest there is


def choose_device() -> str:
    """Draw the choice of a device where there are several; returns its name. Needs the heavy libraries."""
    here = devices()
    if len(here) == 1:
        return next(iter(here))
    return DEVICE.segmented(options=tuple(here), labels={name: f"{name}: {title}" for name, title in here.items()})


def chosen_device() -> str:
    """Returns the chosen device's name, the fastest one's where none of this machine's is chosen. Needs the heavy
    libraries."""
    return DEVICE.among(list(devices()))


def choose_batch_size() -> int:
    """Draw the choice of how many images go through a network at once; returns their number."""
    return int(BATCH.segmented())
