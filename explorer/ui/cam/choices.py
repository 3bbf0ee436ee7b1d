"""The choices of the Grad-CAM page: all of them in the link, whichever tab is open; the picture itself never is."""

from enum import StrEnum

from explorer.cam.erasure import SEARCHED, Fill
from explorer.cam.gallery import Order
from explorer.cam.saliency_map import Method
from explorer.charts.cam.overlay import Colours
from explorer.ui.state.url_control import Control, lid, on_off
from explorer.ui.widgets import device
from explorer.weights.known_classes import KnownClasses

OWN_WEIGHTS = "own"  # in place of a set of weights: the reader's own file
OWN_PICTURE = "mine"  # in place of a sample: the reader's own picture


class CamView(StrEnum):
    """The tabs of the page."""

    MAP = "The map"
    AGAINST = "Why not …"
    TWO = "Two networks"
    METHODS = "Other methods"
    BELIEF = "Believe it?"
    ERASE = "Erase"
    SEVERAL = "Several pictures"


VIEW = Control("look", CamView.MAP, tuple(CamView))
NETWORK = Control(
    "weights",
    "",
    (),
    "Network and weights",
    "A network can only be asked what it sees once it has learnt something. The small one comes with this app; those "
    "of ImageNet are torchvision's, and are downloaded once.",
)
OTHER = Control("second", "", (), "Second network", "Both get the same picture, and share one scale of colours.")
SAMPLE = Control(
    "sample",
    "",
    (),
    "Picture",
    "Pictures that ship with the app, or one of yours, which stays in this session's memory.",
)
CLASS = Control(
    "class",
    "",
    (),
    "Evidence for",
    "The map is made for this class, whatever the network thinks likeliest. A click in the chart chooses it, too.",
)
AGAINST = Control("against", "", (), "and not for", "The map is that of the difference of the two classes' logits.")
LAYER = Control(
    "layer",
    "",
    (),
    "Seen from",
    "Late blocks know what things are and hardly where, early ones where edges are and hardly what they mean. The "
    "arrow keys work, too.",
)
SIGNED = on_off(
    "signed",
    "Also what speaks against it",
    "Grad-CAM keeps only what is above zero (its ReLU); this shows what it drops, too.",
)
OUTLINE = on_off(
    "outline",
    "Outline of the object",
    "Around what Otsu's threshold tells from the ground by its brightness; it is no more than a rough guess at the "
    "object.",
)
OPACITY = Control("opacity", "50", tuple(str(percent) for percent in range(0, 101, 10)), "Map over picture")
COLOURS = Control("colours", Colours.VIRIDIS, tuple(Colours), "Colours")
METHOD = Control(
    "method",
    Method.GRAD_CAM_PLUS_PLUS,
    tuple(each for each in Method if each is not Method.GRAD_CAM),
    "Method",
)
INVERT = Control(
    "inverted",
    "auto",
    ("auto", "yes", "no"),
    "Light on dark",
    "Fashion-MNIST shows light garments on black. Photographs with a bright edge are inverted for it, unless you say.",
)
CONFIG_FROM = Control("fits", "file", ("file", "page"), "The network is")
NAMES = Control("names", "typed", ("typed", "file", *KnownClasses), "Names of the classes")
FILL = Control(
    "fill",
    Fill.GREY,
    tuple(Fill),
    "Erase with",
    "The picture's mean colour, or the picture blurred. The network has learnt from neither: it may take what is "
    "erased for something else.",
)
GRID = Control("cells", str(SEARCHED[0]), tuple(map(str, SEARCHED)), "Search a grid of")
ORDER = Control("sorted", Order.DOUBT, tuple(Order), "Sorted by")
SHOWN = Control("only", "", (), "Show")
AT_ONCE = on_off(
    "at_once", "Test every map at once", "A second or two for each picture and block, with the network of this app."
)
TABLE = lid("numbers", "The maps of all blocks as a table")
CURVES_TABLE = lid("curve_numbers", "The curves as a table")
RANDOM_TABLE = lid("random_numbers", "The similarities as a table")

ALL = (
    *(VIEW, NETWORK, OTHER, SAMPLE, CLASS, AGAINST, LAYER, SIGNED, OPACITY, COLOURS, METHOD, INVERT, CONFIG_FROM),
    *(NAMES, OUTLINE, AT_ONCE, FILL, GRID, ORDER, SHOWN, TABLE, CURVES_TABLE, RANDOM_TABLE, device.DEVICE),
)
