"""The choices of the Gradient-flow page: all of them in the link, whichever tab is open."""

from enum import StrEnum

from explorer.gradients.paired_networks import Contrast
from explorer.gradients.quantity import Quantity
from explorer.gradients.values import InputSource
from explorer.network.options import Activation
from explorer.ui.state.url_control import Control, lid, on_off
from explorer.ui.widgets import device
from explorer.ui.widgets.network_editor import more_options

NET = "flow"  # the network of this page, by its key in session and link


class GradientsView(StrEnum):
    """The tabs of the page."""

    LAYERS = "Layer by layer"
    ADDS = "At each add"
    STEPS = "First steps"
    DEPTH = "Depth"
    ACTIVATIONS = "Activations"


VIEW = Control("view", GradientsView.LAYERS, tuple(GradientsView))
CONTRAST = Control(
    "contrast",
    Contrast.SKIPS,
    tuple(Contrast),
    "Compare with and without",
    "The two networks differ in nothing else: same seed, and the same weights wherever both have them, but for those "
    "that zero-init sets to zero.",
)
PREDICT = on_off("predict", "Predict first")
QUANTITY = Control("show", Quantity.GRADIENT, tuple(Quantity), "What to look at")
SCALE = Control("scale", "log", ("log", "linear"), "Scale")
RELATIVE = on_off(
    "relative",
    "Divide by where it starts",
    "Gradients start at the loss: each is divided by that at the last block. The signal starts at the stem.",
)
WHICH = Control("which", "1", ("1", "2"), "Network")
VALUES = lid("values", "The same as a table")
INPUT = Control(
    "input",
    InputSource.NOISE,
    tuple(InputSource),
    "Input",
    "Standard normal noise, scikit-learn's handwritten digits, or crops of a picture of yours. A picture stays in "
    "this session's memory; it is never written to disk or to a log, and no link carries it.",
)
SEEDS = Control(
    "seeds", "3", ("1", "3", "5", "9"), "Seeds", "Weights, images and labels change with the seed; median and range."
)
IMAGES = Control("images", "16", (), "Images", "Images in the batch: a whole number, for example 16.")
LIT = Control("lit", "", (), "Walk back from the loss", "Arrow keys work, too.")
STEPS = Control("sgd_steps", "10", (), "SGD steps")
RATE = Control("rate", "0.1", (), "Learning rate")
ACTIVATION = Control("function", "", ("", *Activation), "Activation")  # at first the network's own
LAYERS = Control("product", "", (), "Layers")  # at first the network's own depth

HOW_LOOKED_AT = (PREDICT, SCALE, RELATIVE, VALUES, device.DEVICE, more_options(NET))
ALL = (
    *(VIEW, CONTRAST, QUANTITY, INPUT, SEEDS, IMAGES, LIT, WHICH, STEPS, RATE, ACTIVATION, LAYERS),
    *HOW_LOOKED_AT,
)
SOURCE_LABELS = {InputSource.NOISE: "noise", InputSource.DIGITS: "digits", InputSource.IMAGES: "my picture"}
