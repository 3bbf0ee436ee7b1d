"""The words for every option and role: a label people recognise, what it changes, and where it comes from."""

import re
from collections.abc import Mapping

from explorer.network.config import MAX_STAGES
from explorer.network.layer import Role
from explorer.network.options import (
    Activation,
    Antialias,
    Attention,
    Block,
    Init,
    Norm,
    Order,
    OutputStride,
    ResidualScale,
    Shortcut,
    Stem,
    StrideIn,
)
from explorer.network.presets import PRESET_INFO

FIELD_LABELS: Mapping[str, str] = {
    "block": "Block",
    "stage_blocks": "Blocks per stage",
    "widths": "Width of each stage",
    "shortcut": "Shortcut",
    "stem": "Stem",
    "activation": "Activation",
    "norm": "Normalisation",
    "order": "Order in a block",
    "stride_in": "Stride of a bottleneck",
    "conv_bias": "Bias in convolutions",
    "shortcut_norm": "Norm after projections",
    "zero_init_residual": "Zero-init residual",
    "init": "Initialisation",
    "num_classes": "Classes",
    "in_channels": "Image channels",
    "image_size": "Image size",
    "groups": "Groups (cardinality)",
    "width_per_group": "Width per group",
    "stem_width": "Stem width",
    "dropout": "Dropout in blocks",
    "stochastic_depth": "Stochastic depth",
    "output_stride": "Output stride",
    "attention": "Channel attention",
    "antialias": "Anti-aliasing",
    "residual_scale": "Scale of the branch",
}

FIELD_HELP: Mapping[str, str] = {
    "block": "A **basic** block is two 3×3 convolutions. A **bottleneck** takes the channels to its width with a "
    "1×1, works there at 3×3, and expands them fourfold with another 1×1. He et al. 2015, figure 5.",
    "stage_blocks": f"How many blocks each stage repeats, one number a stage (1 to {MAX_STAGES} stages). Every stage "
    "but the first halves the resolution, rounded up, unless it is dilated instead. He et al. 2015, table 1.",
    "widths": "Channels of the 3×3 convolutions in each stage; a bottleneck's output has four times as many. "
    "The first width is also the stem's. Width per group and stem width, under more options, change this.",
    "shortcut": "What runs beside the convolutions: nothing in a plain network, else the identity. Where the shape "
    "changes, **A** skips pixels and pads with zeros, **B** projects with a 1×1 convolution; **C** projects in every "
    "block (He et al. 2015, table 3). **Average pool** variants pool "
    "instead of skipping pixels; KellerJordan's code calls its version “C”, which is not the paper's C.",
    "stem": "**ImageNet**: 7×7 with stride 2, then max pooling. **CIFAR**: one 3×3 at full resolution. **Deep**: three "
    "3×3 in place of the 7×7, then max pooling (ResNet-C and -D, He et al. 2018).",
    "activation": "The nonlinearity, everywhere the same. The paper uses ReLU.",
    "norm": "Normalisation after each convolution (in pre-activation order: before the activation that comes before "
    "it), or none at all. **Batch norm** averages over the batch (Ioffe and Szegedy 2015), **group norm** over groups "
    "of channels of one image, so it does not depend on the batch (Wu and He 2018: 32 groups, fewer where 32 do not "
    "divide the channels).",
    "order": "**Post**: convolution, norm, activation, and an activation after the sum (He et al. 2015). **Pre**: norm "
    "and activation first, and none after the sum, so an identity shortcut stays untouched (He et al. 2016).",
    "stride_in": "The paper strides in the first 1×1 (**v1**), which skips three of four positions; torchvision in the "
    "3×3 (**v1.5**), which sees them all and costs about 6 % more MACs in ResNet-50.",
    "conv_bias": "A bias after each convolution. A batch norm right behind it makes it redundant; Keras and "
    "KellerJordan keep it.",
    "shortcut_norm": "A norm after each projection, as in torchvision; KellerJordan's projection has none.",
    "zero_init_residual": "Each branch starts at zero, so every block starts as its shortcut (and the activation after "
    "the sum, in post-activation order). Goyal et al. 2017, section 5.1.",
    "init": "How convolutions start. He et al. 2015b keep the variance through ReLU: **fan in** of the signal, **fan "
    "out** (torchvision's choice) of the gradient. “Xavier” is Glorot and Bengio 2010. PyTorch's default has a sixth "
    "of the variance of He, fan in.",
    "num_classes": "Outputs of the classifier: 1,000 for ImageNet, 10 for CIFAR-10.",
    "in_channels": "Channels of the image: 3 for colour, 1 for grey.",
    "image_size": "Height and width of the (square) image in pixels. Changes MACs and memory, never parameters.",
    "groups": "Each filter of a bottleneck's 3×3 reads one group of the channels instead of all: with g groups it has "
    "1/g of the weights. ResNeXt spends what that saves on more channels (Xie et al. 2017, cardinality 32).",
    "width_per_group": "Channels of each group of the 3×3, where the stage's width is 64; later stages grow in step. "
    "ResNeXt-50 (32×4d) has 32 groups of **4**, Wide ResNet-50-2 one of **128**, ResNet-50 one of 64.",
    "stem_width": "Channels of the stem; **0** takes the first stage's width. Wide ResNets keep 16 in front of a "
    "first stage of 160 (Zagoruyko and Komodakis 2016).",
    "dropout": "The probability with which each value in front of a block's last convolution is set to zero while "
    "training (0 to 0.9; Zagoruyko and Komodakis 2016 take 0.3). Changes neither parameters nor MACs, and nothing "
    "outside training.",
    "stochastic_depth": "The probability with which the last block's branch is left out while training; earlier "
    "blocks' in proportion to their place (0 to 0.9; Huang et al. 2016 take 0.5). Changes neither parameters nor "
    "MACs, and nothing outside training.",
    "output_stride": "How many image pixels one step on the last map is. With **16** or **8** the last stages keep "
    "their resolution, and their 3×3 convolutions are dilated instead: as many parameters, more MACs, a larger map. "
    "DeepLab's backbone (Chen et al. 2017).",
    "attention": "**Squeeze-and-excitation**: the means of all channels decide, by two small layers, how much of each "
    "channel passes on to the sum. Hu et al. 2018; about a tenth more parameters, hardly any MACs.",
    "antialias": "**Blur**: convolve at full resolution, then blur and keep every second pixel, so that the map "
    "of a shifted image is nearly the shifted map. Zhang 2019; costs MACs and no parameters.",
    "residual_scale": "**Learned**: one number a block multiplies the branch and starts at 0, so that every block "
    "starts as its shortcut, without any norm. SkipInit (De and Smith 2020), ReZero (Bachlechner et al. 2020).",
}

OPTION_LABELS: Mapping[str, str] = {
    Block.BASIC: "Basic",
    Block.BOTTLENECK: "Bottleneck",
    Shortcut.NONE: "None (plain network)",
    Shortcut.A: "A: identity, zero padding",
    Shortcut.B: "B: projection where the shape changes",
    Shortcut.C: "C: projection everywhere",
    Shortcut.AVGPOOL: "Average pool, zero padding",
    Shortcut.AVGPOOL_PROJECTION: "Average pool, projection (ResNet-D)",
    Stem.IMAGENET: "ImageNet: 7×7 and max pool",
    Stem.CIFAR: "CIFAR: 3×3",
    Stem.DEEP: "Deep: three 3×3 and max pool",
    Activation.RELU: "ReLU",
    Activation.LEAKY_RELU: "Leaky ReLU",
    Activation.GELU: "GELU",
    Activation.SIGMOID: "Sigmoid",
    Activation.TANH: "Tanh",
    Norm.BATCH: "Batch norm",
    Norm.GROUP: "Group norm",
    Order.POST: "Post-activation (2015)",
    Order.PRE: "Pre-activation (2016)",
    StrideIn.CONV3X3: "In the 3×3 (v1.5)",
    StrideIn.CONV1X1: "In the first 1×1 (v1)",
    Init.HE_FAN_OUT: "He, fan out (torchvision)",
    Init.HE_FAN_IN: "He, fan in",
    Init.XAVIER: "Xavier",
    Init.TORCH: "PyTorch's default",
    OutputStride.FULL: "Every stage strides",
    OutputStride.SIXTEEN: "At most 16, then dilation",
    OutputStride.EIGHT: "At most 8, then dilation",
    Attention.SE: "Squeeze-and-excitation",
    Antialias.BLUR: "Blur in front of a stride",
    ResidualScale.ONE: "None",
    ResidualScale.LEARNED: "Learned, from 0",
}


ROLE_LABELS: Mapping[Role, str] = {
    Role.STEM: "stem",
    Role.CONV3X3: "3×3 convolution",
    Role.REDUCE: "1×1, reduces",
    Role.EXPAND: "1×1, expands",
    Role.SHORTCUT: "shortcut",
    Role.NORM: "norm",
    Role.ACTIVATION: "activation",
    Role.CLASSIFIER: "classifier",
    Role.ATTENTION: "channel attention",
    Role.OTHER: "other",
}


def option_label(field: str, value: str) -> str:
    """The label of an option; ``none`` reads differently for shortcuts than for anything else."""
    if field != "shortcut" and value == "none":
        return "None"
    return OPTION_LABELS[value]


# A field where a message says its value: "widths (64, 128) has ...", "shortcut 'D' ...", "image_size is ...". A name
# inside quotes is the reader's own text, and one that says what to write in a link has to stay as it is written there.
_NAMED = re.compile(rf"""'[^']*'|"[^"]*"|\b({"|".join(FIELD_LABELS)})(?= is | \(| ['"])""")


# Arguments of a measurement at the beginning of a message, by the labels of their controls.
_ARGUMENTS = {"batch_size": "Images in the batch", "learning_rate": "Learning rate", "steps": "The number of steps"}
_ARGUMENT = re.compile(rf"^({'|'.join(_ARGUMENTS)})(?= is )")

# Whole ends of messages that speak to somebody who writes code or links, and what a reader of the page is told.
_NO_NETWORK = re.compile(
    r"Did you mean ([\w ]{1,200})\? All (\d+) are in the page's list of networks and in explorer\.PRESETS\.$"
)
_NO_SETTING = re.compile(r" is not a setting: write field-value, with a field of [\w, ]+\.$")
_NO_OPTION = re.compile(r"^(\w+)( is .*): it must be one of ([\w, ]+)\.$", re.DOTALL)
_NO_SWITCH = re.compile(r"(?<=: )(?:write \w+-on or \w+-off|it must be True or False)\.$")


def in_words(message: str) -> str:
    """A message of ``network.config``, ``presets`` or ``links``, or of a measurement, for a reader of the page.

    Fields and options have the labels of their controls, and networks their titles, in place of their names.
    """
    option = _NO_OPTION.match(message)
    if option and option[1] in FIELD_LABELS:
        return _options(*option.groups())
    message = _ARGUMENT.sub(lambda found: _ARGUMENTS[found[1]], message)
    message = _NO_NETWORK.sub(_networks, message)
    message = _NO_SETTING.sub(
        f" is not a setting of a network. Those are: {'; '.join(FIELD_LABELS.values())}.", message
    )
    message = _NO_SWITCH.sub("it must be on or off.", message)
    return _NAMED.sub(lambda found: FIELD_LABELS[found[1]] if found[1] else found[0], message)


def _networks(found: re.Match[str]) -> str:
    titles = (PRESET_INFO[name].title if name in PRESET_INFO else name for name in found[1].split(" or "))
    return f"Did you mean {' or '.join(titles)}? Choose one of the {found[2]} in the list of networks."


def _options(field: str, is_value: str, names: str) -> str:
    labels = "; ".join(option_label(field, name) if name in OPTION_LABELS else name for name in names.split(", "))
    return f"{FIELD_LABELS[field]}{is_value}: it must be one of {labels}."


def stage_label(stage: str) -> str:
    """A stage as a heading: "Stem", "Stage 1", "Head".

    Raises:
        ValueError: no stage is called that; the message quotes it and says what stages are called.
    """
    number = stage.removeprefix("layer")
    if stage in ("stem", "head"):
        return stage.capitalize()
    if number == stage or not number.isdecimal():
        raise ValueError(
            f"There is no stage called {stage[:60]!r}: stages are called stem, layer1, layer2 ... and head."
        )
    return f"Stage {number}"
