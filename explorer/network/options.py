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
    """Normalisation after (or, in pre-activation order, before) each convolution."""

    BATCH = "batch"
    NONE = "none"


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
