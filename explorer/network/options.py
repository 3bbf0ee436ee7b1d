"""The choices that a network is made of, each an enumeration whose values are what a link says.

Sources: He et al. 2015 (arXiv:1512.03385), He et al. 2016 (arXiv:1603.05027), He et al. 2018 (arXiv:1812.01187) and
torchvision (pytorch/vision, models/resnet.py).
"""

from enum import StrEnum


class Block(StrEnum):
    """The unit a stage repeats: two 3x3 convolutions, or 1x1, 3x3, 1x1 (He et al. 2015, figure 5)."""

    BASIC = "basic"
    BOTTLENECK = "bottleneck"


class Shortcut(StrEnum):
    """What runs beside a block's convolutions.

    ``A``, ``B`` and ``C`` are the options of He et al. 2015, section 3.3 and table 3. ``avgpool`` is what
    KellerJordan/ResNet-PyTorch-CIFAR10 calls "C"; ``avgpool_projection`` is He et al. 2018, figure 2c.
    """

    NONE = "none"
    A = "A"
    B = "B"
    C = "C"
    AVGPOOL = "avgpool"
    AVGPOOL_PROJECTION = "avgpool_projection"

    @property
    def pads(self) -> bool:
        """Whether new channels are zeros."""
        return self in (Shortcut.A, Shortcut.AVGPOOL)

    @property
    def projects(self) -> bool:
        """Whether new channels are computed by a 1x1 convolution."""
        return self in (Shortcut.B, Shortcut.C, Shortcut.AVGPOOL_PROJECTION)

    @property
    def pools(self) -> bool:
        """Whether the stride is an average over the window rather than a subsampling."""
        return self in (Shortcut.AVGPOOL, Shortcut.AVGPOOL_PROJECTION)


class Stem(StrEnum):
    """What turns the image into the first feature map.

    ``imagenet``: 7x7 stride 2, then 3x3 max pool stride 2. ``cifar``: one 3x3. ``deep``: three 3x3, the first
    with stride 2, then the same max pool (He et al. 2018, figure 2b; part of ResNet-D).
    """

    IMAGENET = "imagenet"
    CIFAR = "cifar"
    DEEP = "deep"

    @property
    def convs(self) -> int:
        """Number of convolutions."""
        return 3 if self is Stem.DEEP else 1

    @property
    def stride(self) -> int:
        """How much smaller than the image its output is."""
        return 4 if self.max_pools else 1

    @property
    def max_pools(self) -> bool:
        """Whether a 3x3 max pool of stride 2 follows."""
        return self is not Stem.CIFAR


class Activation(StrEnum):
    """The nonlinearity, the same one everywhere."""

    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    GELU = "gelu"
    SIGMOID = "sigmoid"
    TANH = "tanh"


class Norm(StrEnum):
    """Normalisation after (or, in pre-activation order, before) each convolution.

    ``group`` is Wu and He 2018 (arXiv:1803.08494) with 32 groups, or fewer where 32 do not divide the channels.
    """

    BATCH = "batch"
    GROUP = "group"
    NONE = "none"


class OutputStride(StrEnum):
    """How much smaller than the image the last feature map is, for a network that would make it smaller still.

    ``32`` leaves every stage its stride. With ``16`` or ``8`` the stages that would go beyond it keep their resolution,
    and their 3x3 convolutions are dilated instead: torchvision's ``replace_stride_with_dilation`` (Chen et al. 2017,
    arXiv:1706.05587).
    """

    FULL = "32"
    SIXTEEN = "16"
    EIGHT = "8"


class Attention(StrEnum):
    """What reweighs the channels at the end of a branch. ``se``: squeeze-and-excitation (Hu et al. 2018,
    arXiv:1709.01507), reduction 16."""

    NONE = "none"
    SE = "se"


class Antialias(StrEnum):
    """What a stride does against aliasing. ``blur``: convolve at full resolution, then blur and subsample (Zhang 2019,
    arXiv:1904.11486)."""

    NONE = "none"
    BLUR = "blur"


class ResidualScale(StrEnum):
    """What a branch is multiplied by before the sum. ``learned``: one scalar a block, which starts at 0 (SkipInit: De
    and Smith 2020, arXiv:2002.10444; ReZero: Bachlechner et al. 2020, arXiv:2003.04887)."""

    ONE = "one"
    LEARNED = "learned"


class Order(StrEnum):
    """``post``: convolution, norm, activation (He et al. 2015). ``pre``: norm, activation, convolution (2016)."""

    POST = "post"
    PRE = "pre"


class StrideIn(StrEnum):
    """Which convolution of a bottleneck carries the stride: ``3x3`` is v1.5, ``1x1`` is the paper's v1."""

    CONV3X3 = "3x3"
    CONV1X1 = "1x1"


class Init(StrEnum):
    """How convolutions are initialised; the classifier always keeps PyTorch's default, as torchvision's does."""

    HE_FAN_OUT = "he_fan_out"
    HE_FAN_IN = "he_fan_in"
    XAVIER = "xavier"
    TORCH = "torch"
