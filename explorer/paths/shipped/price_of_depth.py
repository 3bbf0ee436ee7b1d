"""ResNet-34 against 50: what 16 more layers cost, and what they bring."""

from explorer.network.arithmetic import analyze
from explorer.network.presets import preset
from explorer.paths.truths.budgets import BOTTLENECK
from explorer.paths.values import Option, Path, Query, Question, Step

BOTH: Query = (("net1", "resnet34"), ("net2", "resnet50"))
AS_THE_LAYERS = analyze(preset("resnet50")).depth / analyze(preset("resnet34")).depth
CHANNELS, RATIO, SIDE = map(str, BOTTLENECK)

PRICE_OF_DEPTH = Path(
    key="resnet-34-against-50",
    title="ResNet-34 against 50",
    steps=(
        Step(
            "What do 16 layers cost?",
            "compare",
            BOTH,
            Question(
                "ResNet-50 has 16 more weighted layers than ResNet-34. How many times the parameters does it have?",
                (
                    Option("About 1.2 times", "1.2", "It is another ratio: see the row “Parameters”."),
                    Option(
                        f"About {AS_THE_LAYERS:.1f} times, as the layers",
                        f"{AS_THE_LAYERS:.1f}",
                        "Layers are no unit of size: a 1 × 1 convolution has few weights.",
                    ),
                    Option("Twice", "2", "Deep networks have bottlenecks so that depth does not cost that much."),
                ),
                truth="budgets.deeper_by_fifty",
            ),
            "The rows “Parameters” and “MACs”, beside the row “Weighted layers”.",
            "A basic block has two 3 × 3 convolutions, a bottleneck three convolutions, of which two are 1 × 1.",
            1,
        ),
        Step(
            "Where are the weights?",
            "compare",
            (*BOTH, ("tab", "Budget"), ("measure", "params")),
            Question(
                "Which stage of ResNet-50 holds the most parameters?",
                (
                    Option("Stage 1, with the largest maps", "layer1", "Weights do not count pixels, only channels."),
                    Option("Stage 3, with the most blocks", "layer3", "Channels count twice, blocks once."),
                    Option("Stage 4, with the most channels", "layer4", "Channels alone do not decide it here."),
                ),
                truth="budgets.heaviest_stage",
            ),
            "The bars of both networks, stage by stage. Then switch “What to count” to MACs.",
            "A 3 × 3 convolution has 9 · channels in · channels out weights: four times at twice the channels.",
            2,
        ),
        Step(
            "The bill in memory",
            "compare",
            (*BOTH, ("tab", "Budget"), ("measure", "memory")),
            Question(
                "Training keeps the outputs of layers. How much more activation memory does ResNet-50 take?",
                (
                    Option("About 1.2 times", "1.2", "Parameters and MACs do not tell: outputs are another bill."),
                    Option(
                        f"About {AS_THE_LAYERS:.1f} times, as the layers",
                        f"{AS_THE_LAYERS:.1f}",
                        "Not only their number counts, but how large each output is.",
                    ),
                    Option("About 3 times", "3", "It is not that much: see the row “Activation memory”."),
                ),
                truth="budgets.memory_of_fifty",
            ),
            "The bars of stage 1: who fills the memory there?",
            "The last 1 × 1 of a bottleneck writes four times the channels, and its norm writes them once more. On a "
            "small GPU this decides the batch size.",
        ),
        Step(
            "What does a bottleneck save?",
            "compare",
            (*BOTH, ("tab", "What if"), ("channels", CHANNELS), ("ratio", RATIO), ("side", SIDE)),
            Question(
                f"Two 3 × 3 convolutions at {CHANNELS} channels, or one bottleneck that shrinks them by {RATIO}. How "
                "many times the bottleneck's weights do the two have?",
                (
                    Option("Twice", "2", "It saves twice over: on kernels and on channels."),
                    Option("4 times, as the channels", "4", "A 3 × 3 has channels in times channels out."),
                    Option("17 times", "17", "The saving is another one: see the sum."),
                ),
                truth="budgets.bottleneck_saves",
            ),
            "Under “Why a bottleneck is cheap”, the three convolutions one by one. Try a ratio of 2.",
            "This is what pays for 16 more layers.",
            1,
        ),
        Step(
            "Who sees farther?",
            "compare",
            BOTH,
            Question(
                "Which of the two has the larger receptive field before the global pooling?",
                (
                    Option("ResNet-50: it is deeper", "50", "Only kernels wider than 1 see farther, not layers."),
                    Option("ResNet-34", "34", "Here it is the other one: compare the 3 × 3 convolutions."),
                    Option("Both the same", "same", "They differ: see the row “Receptive field”."),
                ),
                truth="budgets.wider_field",
            ),
            "The last sentences: how many 3 × 3 convolutions does each have?",
            "Both can see more than the whole picture. What a value really uses is less: Ideas, Receptive field.",
            1,
        ),
        Step(
            "Which ResNet-50?",
            "compare",
            (("net1", "resnet50_v1"), ("net2", "resnet50")),
            Question(
                "In the paper a bottleneck strides in its first 1 × 1 (v1), in torchvision in its 3 × 3 (v1.5). What "
                "grows from v1 to v1.5?",
                (
                    Option("Parameters and MACs", "both", "A stride moves no weight."),
                    Option("Only MACs", "macs", "The MACs are not all that changes, or do not change."),
                    Option("Nothing", "nothing", "The first 1 × 1 now works on a map that is not halved yet."),
                ),
                truth="budgets.moved_stride",
            ),
            "The row “MACs”. He et al. print those of v1, and call them FLOPs.",
            "Whoever compares two tables should ask first which of the two networks each one means.",
            1,
        ),
        Step(
            "Was it worth it?",
            "compare",
            BOTH,
            Question(
                "What gained more published ImageNet accuracy: the step from 34 to 50, or a new training of ResNet-50?",
                (
                    Option("The 16 layers", "layers", "Training the same network anew gained more."),
                    Option("The new training", "training", "Here the layers gained more."),
                ),
                truth="budgets.gained_accuracy",
            ),
            "The row “ImageNet top-1 accuracy” and its footnotes.",
            "Wightman et al. 2021, “ResNet strikes back”: compare architectures under one training, or you compare "
            "trainings.",
        ),
    ),
)
