"""The expressions for the modules that every part of the file makes."""

from collections.abc import Mapping

from explorer.network.config import ResNetConfig
from explorer.network.options import Activation

_ACTIVATIONS: Mapping[Activation, str] = {
    Activation.RELU: "nn.ReLU()",
    Activation.LEAKY_RELU: "nn.LeakyReLU()",
    Activation.GELU: "nn.GELU()",
    Activation.SIGMOID: "nn.Sigmoid()",
    Activation.TANH: "nn.Tanh()",
}


def activation(config: ResNetConfig) -> str:
    return _ACTIVATIONS[config.activation]


def norm(channels: object) -> str:
    return f"nn.BatchNorm2d({channels})"


def conv(config: ResNetConfig, inputs: object, outputs: object, kernel: int, stride: str = "") -> str:
    """A convolution that keeps the size of the map but for its stride."""
    padding = f", padding={kernel // 2}" if kernel > 1 else ""
    bias = "" if config.conv_bias else ", bias=False"
    return f"nn.Conv2d({inputs}, {outputs}, {kernel}{stride and f', {stride}'}{padding}{bias})"
