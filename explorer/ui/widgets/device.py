"""Where a network is run, and on how many images: the same choice on every page that measures."""

from explorer.ui.state.url_control import Control

BATCH = Control(
    "batch",
    "1",
    ("1", "2", "4", "8", "16", "32"),
    "Images in the batch",
    "Random images that go through a network at once. More images take more time and memory, and less time each.",
)
DEVICE = Control("device", "", (), "Device", "Where networks are built and run.")  # by default the fastest there is


def choose_device() -> str:
    """The device to compute on: a choice where there are several. Only once the libraries are loaded."""
    from explorer.live.inspect import (
        devices,  # torch is loaded by now; importing it above would delay the first picture
    )

    here = {device.name: device.title for device in devices()}
    if len(here) == 1:
        return next(iter(here))
    return DEVICE.segmented(options=tuple(here), labels={name: f"{name}: {title}" for name, title in here.items()})


def choose_batch_size() -> int:
    """How many images go through a network at once."""
    return int(BATCH.segmented())
