"""Tells from the name of a class, PyTorch's or a reader's own, what a module does."""

import re

from explorer.network.layer import Kind
from explorer.network.options import Activation

ACTIVATION_CLASSES = {
    Activation.RELU: "ReLU",
    Activation.LEAKY_RELU: "LeakyReLU",
    Activation.GELU: "GELU",
    Activation.SIGMOID: "Sigmoid",
    Activation.TANH: "Tanh",
}
_KINDS = {
    **dict.fromkeys(
        ("Conv2d", "Conv2dSame", "LazyConv2d", "StdConv2d", "ScaledStdConv2d", "Conv1d", "Conv3d"), Kind.CONV
    ),
    **dict.fromkeys(
        (
            *("BatchNorm2d", "BatchNorm1d", "BatchNorm3d", "LazyBatchNorm2d", "SyncBatchNorm", "FrozenBatchNorm2d"),
            *("BatchNormAct2d", "GroupNormAct", "GroupNorm1", "EvoNorm2dS0", "LayerNormAct2d"),
            *("GroupNorm", "InstanceNorm2d", "LayerNorm", "LayerNorm2d", "LocalResponseNorm", "RMSNorm"),
        ),
        Kind.NORM,
    ),
    **dict.fromkeys(
        (
            *ACTIVATION_CLASSES.values(),
            *("ReLU6", "SiLU", "Swish", "ELU", "SELU", "CELU", "PReLU", "RReLU", "Mish", "Hardswish", "Hardtanh"),
            *("Softplus", "Softsign", "LogSigmoid"),
        ),
        Kind.ACTIVATION,
    ),
    **dict.fromkeys(
        (
            *("MaxPool1d", "AvgPool1d", "AdaptiveAvgPool1d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d"),
            *("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "SelectAdaptivePool2d"),
            *("FastAdaptiveAvgPool", "GlobalAvgPool2d"),
        ),
        Kind.POOL,
    ),
    **dict.fromkeys(
        ("Dropout", "Dropout2d", "Dropout1d", "Dropout3d", "DropBlock2d", "DropPath", "StochasticDepth"), Kind.DROPOUT
    ),
    **dict.fromkeys(("Scale", "SkipInit", "ReZero", "LayerScale"), Kind.SCALE),
    **dict.fromkeys(("Add", "FloatFunctional"), Kind.ADD),
    **dict.fromkeys(("ZeroPad", "IdentityPadding", "LambdaLayer", "AvgPoolPadding", "PadShortcut"), Kind.PAD),
    **dict.fromkeys(("Linear", "LazyLinear", "NonDynamicallyQuantizableLinear"), Kind.LINEAR),
}
IGNORED_CLASSES = {"Identity", "Flatten", "Unflatten"}
_BESIDE = re.compile(r"Loss$|Accuracy|Metric|Criterion|^(?:De)?Quant(?:Stub)?$")  # beside the layers of a network
PLAIN_CONTAINERS = {"Sequential", "ModuleList", "ModuleDict", ""}  # containers that say nothing about what is inside
_SHORTCUT = re.compile(
    r"downsample|short_?cut|skip|proj|match|adapt|res_?conv|identity|padding$|^lambda", re.IGNORECASE
)
_PADDING = re.compile(r"pad|lambda", re.IGNORECASE)
_BLOCK = re.compile(r"block|bottleneck|resid|unit|BasicLayer$|BottleNeckLayer$", re.IGNORECASE)
_ATTENTION = re.compile(
    r"(?:se|eca|cbam|ca|sa|gct|(?:self_)?attn?|(?:self_)?attention|(?:channel|spatial)_?(?:gate|att\w*)|gate)\d?$"
    r"|(?:se|eca|cbam)_?(?:module|layer|block|gate|unit|attn)$|\w*(?:squeeze|excit)",
    re.IGNORECASE,
)
_BLUR = re.compile(r"blur|^aa$|anti_?alias", re.IGNORECASE)


def kind_of(class_name: str) -> Kind | None:
    """Returns what a layer of this class does, or None for a class that no residual network here has."""
    return _KINDS.get(class_name)


def does_nothing(class_name: str) -> bool:
    """Whether a module of this class changes nothing in what a trained network puts out."""
    return class_name in IGNORED_CLASSES or _BESIDE.search(class_name) is not None


def is_custom(class_name: str) -> bool:
    """Whether a container is of a class that somebody wrote, and not one of PyTorch's."""
    return class_name not in PLAIN_CONTAINERS


def is_shortcut(name: str) -> bool:
    """Whether the name of a module or of its class says that it is on the shortcut."""
    return _SHORTCUT.search(name) is not None and not is_block(name)


def is_attention(name: str, class_name: str) -> bool:
    """Whether the name of a module or of its class says that it weighs channels or places: squeeze-and-excitation."""
    return _ATTENTION.match(name) is not None or _ATTENTION.match(class_name) is not None


def is_blur(layer_name: str, class_name: str) -> bool:
    """Whether a layer blurs the map before it is subsampled (Zhang 2019)."""
    return _BLUR.search(class_name) is not None or _BLUR.search(layer_name) is not None


def is_padding(class_name: str) -> bool:
    """Whether a module of this class pads with zero channels. PyTorch has none: such classes are readers' own."""
    return kind_of(class_name) is Kind.PAD or (kind_of(class_name) is None and _PADDING.search(class_name) is not None)


def is_block(class_name: str) -> bool:
    """Whether the name of a class says that it is a residual block."""
    return _BLOCK.search(class_name) is not None
