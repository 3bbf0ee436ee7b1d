"""The choices of the Ideas page: the lesson, and what the reader can move in each. All of them are in the link."""

from enum import StrEnum

from explorer.compare.budget import Measure
from explorer.ideas.bugs import BUGS
from explorer.ideas.chain import EXAMPLE, EXAMPLE_SIDE
from explorer.ideas.field import SEEDS, FieldNetwork
from explorer.ideas.grid import GRID_DILATION, GRID_KERNEL, GRID_PADDING, GRID_SIDE, GRID_STRIDE
from explorer.ideas.identity import Form, Target
from explorer.ideas.saturation import LAYERS
from explorer.ideas.zero_init import GAMMAS
from explorer.network.options import Activation, Block, Shortcut
from explorer.ui.state.url_control import Control, on_off


class Lesson(StrEnum):
    """The lessons, by their names in the link."""

    IDENTITY = "identity"
    SATURATION = "saturation"
    CHAIN = "convolutions"
    BOTTLENECK = "bottleneck"
    SHORTCUTS = "shortcuts"
    ZERO_INIT = "zero-init"
    STRIDE = "stride"
    FIELD = "field"
    BUGS = "bugs"
    CHECK = "check"

    @property
    def label(self) -> str:
        """What the lesson's button says."""
        return _TITLES[self]


_TITLES = {
    Lesson.IDENTITY: "x + F(x)",
    Lesson.SATURATION: "Saturation",
    Lesson.CHAIN: "Convolution sizes",
    Lesson.BOTTLENECK: "The bottleneck",
    Lesson.SHORTCUTS: "Six shortcuts",
    Lesson.ZERO_INIT: "Zero-init",
    Lesson.STRIDE: "Where the stride goes",
    Lesson.FIELD: "Receptive field",
    Lesson.BUGS: "Spot the bug",
    Lesson.CHECK: "Check my ResNet",
}
LESSON = Control("lesson", Lesson.IDENTITY, tuple(Lesson), "Lesson")


def steps(*numbers: float) -> tuple[str, ...]:
    """Returns the options of a slider."""
    return tuple(f"{number:g}" for number in numbers)


# Why is x + F(x) easier than F(x)?
TARGET = Control("wanted", Target.IDENTITY, tuple(Target), "The wanted map H")
FORM = Control("form", Form.LINEAR, tuple(Form), "F is")
DISTANCE = Control(
    "distance",
    "0.3",
    steps(*(tenth / 10 for tenth in range(31))),
    "How far H is from it",
    "H = ±I + d · R, with a random R of spectral norm 1.",
)
SCALE = Control(
    "weights_scale",
    "0.1",
    steps(0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1, 2),
    "Scale of the initial weights",
    "Both forms begin with the same random weights: normal, this standard deviation divided by √inputs.",
)
LEARNING = Control("learning", "0.1", steps(0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1, 2, 3), "Learning rate")
TRAINING = Control("training", "30", steps(1, 2, 5, 10, 20, 30, 50, 100, 200, 400), "Steps of gradient descent")

# Saturation.
FUNCTION = Control("bends", Activation.SIGMOID, tuple(Activation), "Activation")
DEPTH = Control("depth_of_stack", "20", tuple(str(count) for count in range(LAYERS[0], LAYERS[1] + 1)), "Layers")
GAIN = Control(
    "gain",
    "1",
    steps(0.1, 0.3, 0.5, 0.7, 1, 1.2, 1.41, 1.7, 2, 3, 4),
    "Scale of the weights",
    "Weights are normal with this standard deviation divided by √inputs; He's initialisation is √2 ≈ 1.41.",
)

# Convolution arithmetic.
GRID = tuple(
    Control(key, default, tuple(str(number) for number in range(low, high + 1)), label)
    for key, default, (low, high), label in (
        ("map_side", "7", GRID_SIDE, "Side of the map"),
        ("kernel", "3", GRID_KERNEL, "Kernel"),
        ("stride", "2", GRID_STRIDE, "Stride"),
        ("padding", "1", GRID_PADDING, "Padding"),
        ("dilation", "1", GRID_DILATION, "Dilation"),
    )
)
CELL_ROW = Control("row", "1", (), "Row of the output")
CELL_COLUMN = Control("column", "1", (), "Column of the output")
INPUT_SIDE = Control("input_side", str(EXAMPLE_SIDE), (), "Side of the input")
CHAIN = Control("chain", EXAMPLE, (), "Layers: kernel/stride, p padding, d dilation")

# The bottleneck.
BLOCK_SIDE = Control("at_side", "320", (), "Side of the input")
BLOCK_CHANNELS = Control("at_channels", "256", (), "Channels")
BLOCK_RATIO = Control("at_ratio", "4", tuple(str(2**power) for power in range(7)), "Reduction")
BLOCK_STRIDE = Control("at_stride", "2", ("1", "2", "3", "4"), "Stride")
COUNTED = Control("counted", Measure.PARAMS, (Measure.PARAMS, Measure.MACS), "Count")

# The six shortcuts.
SHORTCUT = Control("which_shortcut", Shortcut.A, tuple(Shortcut), "Shortcut")
CHANGES = Control("changes", "true", ("true", "false"), "Where the shape changes")

# Zero-init residual.
ZERO_BLOCK = Control("zero_block", Block.BASIC, tuple(Block), "Block")
GAMMA = Control("gamma", "0", steps(*GAMMAS), "γ, the scale of the last norm")

# Where does the stride go?
STRIDE_SIDE = Control("block_side", "8", tuple(str(side) for side in range(2, 17)), "Side of the input")
STRIDE_STEP = Control("block_stride", "2", ("1", "2", "3", "4"), "Stride")

# How far does a value see?
NOTHING_BESIDE = "nothing"
FIELD_NETWORK = Control(
    "field_of",
    FieldNetwork.TRAINED,
    tuple(FieldNetwork),
    "ResNet-20",
    "The one that comes with the app, trained on Fashion-MNIST; the same before its training; and that without "
    "shortcuts. Their theoretical fields are the same.",
)
FIELD_BESIDE = Control("field_beside", FieldNetwork.UNTRAINED, (NOTHING_BESIDE, *FieldNetwork), "Beside it")
FIELD_PLACE = Control("field_after", "", (), "After", "The value is the one in the middle of the map after this block.")
FIELD_SEED = Control(
    "field_seed",
    "0",
    tuple(str(seed) for seed in range(SEEDS[0], SEEDS[1] + 1)),
    "Seed",
    "Draws the random inputs, and the weights of untrained networks.",
)

# Spot the bug.
BUG = Control("bug", BUGS[0].key, tuple(each.key for each in BUGS), "Which program")
LINE = Control("line", "", (), "Which line is wrong?")
HINT = on_off("hint", "A hint")
RUN = on_off("run", "Run it")
MEND = on_off("mend", "The mend, and the check that would have caught it")

# Check my ResNet: the network it was meant to be, by its key in session and link. What was pasted is in no link.
MEANT = "meant"

ALL = (
    *(LESSON, TARGET, FORM, DISTANCE, SCALE, LEARNING, TRAINING),
    *(FUNCTION, DEPTH, GAIN),
    *(*GRID, CELL_ROW, CELL_COLUMN, INPUT_SIDE, CHAIN),
    *(BLOCK_SIDE, BLOCK_CHANNELS, BLOCK_RATIO, BLOCK_STRIDE, COUNTED),
    *(SHORTCUT, CHANGES, ZERO_BLOCK, GAMMA, STRIDE_SIDE, STRIDE_STEP),
    *(FIELD_NETWORK, FIELD_BESIDE, FIELD_PLACE, FIELD_SEED),
    *(BUG, LINE, HINT, RUN, MEND),
)
