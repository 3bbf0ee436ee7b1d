"""The expressions for the modules that every part of the file makes."""

from collections.abc import Mapping

from explorer.network.config import ResNetConfig
from explorer.network.options import Activation, Norm

_ACTIVATIONS: Mapping[Activation, str] = {
    Activation.RELU: "nn.ReLU()",
    Activation.LEAKY_RELU: "nn.LeakyReLU()",
    Activation.GELU: "nn.GELU()",
    Activation.SIGMOID: "nn.Sigmoid()",
    Activation.TANH: "nn.Tanh()",
}


def activation(config: ResNetConfig) -> str:
    return _ACTIVATIONS[config.activation]


def norm(config: ResNetConfig, channels: object) -> str:
    return f"group_norm({channels})" if config.norm is Norm.GROUP else f"nn.BatchNorm2d({channels})"


def conv(config: ResNetConfig, inputs: object, outputs: object, kernel: int, stride: str = "") -> str:
    """A convolution that keeps the size of the map but for its stride."""
    return f"nn.Conv2d({', '.join(conv_arguments(config, inputs, outputs, kernel, stride))})"


def conv_arguments(
    config: ResNetConfig,
    inputs: object,
    outputs: object,
    kernel: int,
    stride: str = "",
    *,
    dilation: str = "",
    groups: int = 1,
) -> list[str]:
    """The same as its arguments, with a dilation and groups."""
    arguments = [f"{inputs}", f"{outputs}", f"{kernel}", stride]
    if kernel > 1:
        arguments += [f"padding={dilation or kernel // 2}", f"dilation={dilation}" if dilation else ""]
    arguments += [f"groups={groups}" if groups > 1 else "", "" if config.conv_bias else "bias=False"]
    return [argument for argument in arguments if argument]
