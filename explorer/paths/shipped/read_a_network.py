"""Read a network: an engineer works numbers out by hand, and finds each on its receipt."""

from explorer.network.arithmetic import analyze
from explorer.network.layer import Layer
from explorer.network.presets import preset
from explorer.paths.truths.bugs import STRIDE
from explorer.paths.truths.receipts import CONV, DOUBLED, NETWORK, NORM, PROJECTION, STEM
from explorer.paths.values import Option, Path, Query, Question, Step
from explorer.text.quantities import human

FIFTY = analyze(preset(NETWORK))


def at(layer: str) -> Query:
    """The link of a layer of ResNet-50 on the Architecture page."""
    return (("net", NETWORK), ("at", layer))


def channels(layer: Layer) -> str:
    """``from 256 to 512 channels``."""
    return f"from {layer.input_shape[0]:,} to {layer.output_shape[0]:,} channels"


READ_A_NETWORK = Path(
    key="read-a-network",
    title="Read a network",
    steps=(
        Step(
            "A convolution",
            "architecture",
            at(CONV),
            Question(
                f"A 3 × 3 convolution of ResNet-50 leads {channels(FIFTY.by_name[CONV])}, without bias. How many "
                "parameters does it have?",
                unit="parameters",
                truth="receipts.convolution",
            ),
            "The receipt below the block. Click other layers for theirs.",
            "The size of the picture does not matter: the same weights are used at every position.",
            1,
        ),
        Step(
            "A batch norm",
            "architecture",
            at(NORM),
            Question(
                f"The batch norm behind it has {FIFTY.by_name[NORM].output_shape[0]} channels. How many parameters "
                "does it learn?",
                unit="parameters",
                truth="receipts.norm",
            ),
            "The receipt. Running mean and variance are kept, too, but they are not learned.",
            "Keras counts running statistics among “Total params”, PyTorch does not: one reason why counts differ.",
            1,
        ),
        Step(
            "The stem",
            "architecture",
            at(STEM),
            Question(
                "The stem's 7 × 7 convolution has stride 2 and padding 3. A picture of 224 × 224 pixels comes in. What "
                "is the side of the map that leaves it?",
                unit="values",
                truth="receipts.stem_side",
            ),
            "The line “Output height and width” of the receipt. Then click the pooling behind it.",
            "Try other sizes, strides and paddings in Ideas, Convolution sizes.",
            1,
        ),
        Step(
            "Who does the work?",
            "architecture",
            (("net", NETWORK), ("at", "layer3.0")),
            Question(
                "Which stage of ResNet-50 does the most multiply-adds for one picture?",
                (
                    Option("Stage 1, with the largest maps", "layer1", "Its maps are large, but its channels are few."),
                    Option("Stage 3, with the most blocks", "layer3", "Here the number of blocks does not decide it."),
                    Option("Stage 4, with the most weights", "layer4", "Its weights are used at few positions."),
                    Option("The classifier", "head", "It uses each of its weights once."),
                ),
                truth="receipts.busiest_stage",
            ),
            "The sentence under the picture. Click blocks: what does one cost, and how many does a stage have?",
            "Halving the map and doubling the channels leaves a block's MACs as they are: He et al. 2015, section 3.3.",
        ),
        Step(
            "A projection",
            "architecture",
            at(PROJECTION),
            Question(
                f"Where stage 2 begins, a 1 × 1 convolution leads the shortcut {channels(FIFTY.by_name[PROJECTION])}. "
                "How many weights does that cost?",
                unit="weights",
                truth="receipts.projection",
            ),
            "The receipt, and the line “MACs”. How many such shortcuts does the network have?",
            "Option A pads with zeros instead and costs nothing. See Ideas, Six shortcuts.",
            1,
        ),
        Step(
            "MACs or FLOPs?",
            "architecture",
            (("net", NETWORK), ("counts", "true"), ("number", DOUBLED)),
            Question(
                f"ResNet-50 does {human(FIFTY.macs)} multiply-adds (MACs). PyTorch's FlopCounterMode counts a multiply "
                "and an add as two. What does it print?",
                unit="G",
                truth="receipts.doubled_macs",
            ),
            "Under “Why is my count different?”: what this number is, and what all tools count.",
            "He et al. write FLOPs and mean multiply-adds. Before you compare two numbers, ask what was counted.",
        ),
        Step(
            "A bug",
            "ideas",
            (("lesson", "bugs"), ("bug", STRIDE.key), ("line", str(STRIDE.places[0])), ("run", "true")),
            Question(
                "A block is to halve a map of 8 × 8. PyTorch refuses its sum: one side has 8 values, the other 4. "
                "Which convolution has the mistake?",
                (
                    Option("The branch's first 3 × 3", "conv1", "It takes the stride that it is given."),
                    Option("The branch's second 3 × 3", "conv2", "It gets a map that is halved already."),
                    Option("The shortcut's 1 × 1", "downsample", "The shortcut has the same stride as the branch."),
                ),
                truth="bugs.stride",
            ),
            "The program, PyTorch's words when it is run, and the switch “The mend”. There are more such programs.",
            "A printed network of somebody's own can be checked in Ideas, Check my ResNet.",
        ),
    ),
)
