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
_CLASSES = {
    Kind.CONV: "Conv1d Conv2d Conv3d LazyConv2d Conv2dSame StdConv2d ScaledStdConv2d",
    Kind.NORM: "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm2d SyncBatchNorm FrozenBatchNorm2d BatchNormAct2d "
    "GroupNorm GroupNorm1 GroupNormAct EvoNorm2dS0 InstanceNorm2d LayerNorm LayerNorm2d LayerNormAct2d "
    "LocalResponseNorm RMSNorm",
    Kind.ACTIVATION: "ReLU6 SiLU Swish ELU SELU CELU PReLU RReLU Mish Hardswish Hardtanh Softplus Softsign LogSigmoid "
    + " ".join(ACTIVATION_CLASSES.values()),
    Kind.POOL: "MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d "
    "AdaptiveAvgPool3d AdaptiveMaxPool2d SelectAdaptivePool2d FastAdaptiveAvgPool GlobalAvgPool2d",
    Kind.DROPOUT: "Dropout Dropout1d Dropout2d Dropout3d DropBlock2d DropPath StochasticDepth",
    Kind.SCALE: "Scale SkipInit ReZero LayerScale",
    Kind.ADD: "Add FloatFunctional",
    Kind.PAD: "ZeroPad IdentityPadding LambdaLayer AvgPoolPadding PadShortcut",
    Kind.LINEAR: "Linear LazyLinear NonDynamicallyQuantizableLinear",
}
_KINDS = {name: kind for kind, names in _CLASSES.items() for name in names.split()}
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
    """Returns what a layer of this class does, or None for a class that no residual network here has.

    PyTorch has no class that pads with zero channels: such classes are readers' own.
    """
    return _KINDS.get(class_name) or (Kind.PAD if _PADDING.search(class_name) else None)


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


def is_block(class_name: str) -> bool:
    """Whether the name of a class says that it is a residual block."""
    return _BLOCK.search(class_name) is not None
