"""What each class of module in our networks does, by the class's name."""

from explorer.network.layer import Kind

KINDS = {
    "Conv2d": Kind.CONV,
    "BatchNorm2d": Kind.NORM,
    "GroupNorm": Kind.NORM,
    "ReLU": Kind.ACTIVATION,
    "LeakyReLU": Kind.ACTIVATION,
    "GELU": Kind.ACTIVATION,
    "Sigmoid": Kind.ACTIVATION,
    "Tanh": Kind.ACTIVATION,
    "MaxPool2d": Kind.POOL,
    "AvgPool2d": Kind.POOL,
    "AdaptiveAvgPool2d": Kind.POOL,
    "Add": Kind.ADD,
    "ZeroPad": Kind.PAD,
    "Linear": Kind.LINEAR,
    "BlurPool": Kind.BLUR,
    "Multiply": Kind.SCALE,
    "Scale": Kind.SCALE,
    "Dropout": Kind.DROPOUT,
    "StochasticDepth": Kind.DROPOUT,
}
