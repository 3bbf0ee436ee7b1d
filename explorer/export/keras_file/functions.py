"""The small functions at the top of the file: a convolution, a norm and an activation with PyTorch's numbers."""

from collections.abc import Mapping

from explorer.export.python_source.facts import INIT_REASONS, Facts
from explorer.export.python_source.text import Lines, definition, docstring, fitted, indented
from explorer.network.options import Activation, Init

_ACTIVATIONS: Mapping[Activation, str] = {
    Activation.RELU: "layers.ReLU({})",
    Activation.LEAKY_RELU: "layers.LeakyReLU(0.01, {})",
    Activation.GELU: 'layers.Activation("gelu", {})',
    Activation.SIGMOID: 'layers.Activation("sigmoid", {})',
    Activation.TANH: 'layers.Activation("tanh", {})',
}
_SCALING = "keras.initializers.VarianceScaling"
_INITS: Mapping[Init, str] = {
    Init.HE_FAN_OUT: f'{_SCALING}(2, "fan_out", "untruncated_normal")',
    Init.HE_FAN_IN: f'{_SCALING}(2, "fan_in", "untruncated_normal")',
    Init.XAVIER: '"glorot_uniform"',
}


def functions(facts: Facts) -> list[Lines]:
    """The functions that blocks and network call."""
    return [_uniform(), _conv(facts), *([_norm()] if facts.normed else []), _act(facts)]


def _uniform() -> Lines:
    return definition(
        "def uniform(fan_in: int) -> keras.Initializer",
        docstring("PyTorch's default for weights and biases.", depth=1),
        ["limit = fan_in**-0.5", "return keras.initializers.RandomUniform(-limit, limit)"],
    )


def _conv(facts: Facts) -> Lines:
    config = facts.config
    strides = facts.strided or config.stem.max_pools
    init = "uniform(kernel * kernel * x.shape[-1])" if config.init is Init.TORCH else _INITS[config.init]
    lines = [f"init = {init}"]
    if config.init in INIT_REASONS:
        lines.insert(0, f"# {INIT_REASONS[config.init]}")
    bias = [f"bias_initializer={init}"] if config.init is Init.TORCH else []
    call = [
        "filters",
        "kernel",
        *(["stride", "padding=padding"] if strides else ['padding="same"']),
        *(bias if config.conv_bias else ["use_bias=False"]),
        "kernel_initializer=init",
        "name=name",
    ]
    if strides:
        doc = 'Where "same" would pad a strided one on two sides, this pads on all four, as PyTorch does.'
        pad = ["x = layers.ZeroPadding2D(kernel // 2)(x)", 'padding = "valid"']
        lines = ['padding = "same"', *definition("if kernel > 1 and stride > 1", pad), *lines]
    else:
        doc = "It keeps the size of the map."
    stride = ", stride: int = 1" if strides else ""
    arguments = f"x: Tensor, filters: int, kernel: int, name: str{stride}".split(", ")
    head = fitted("def conv", arguments, " -> Tensor:", 0)
    body = [*docstring("A convolution.", doc, depth=1), *lines, *fitted("return layers.Conv2D", call, "(x)", 1)]
    return [*head, *indented(body)]


def _norm() -> Lines:
    return definition(
        "def norm(x: Tensor, name: str) -> Tensor",
        docstring("Batch norm with PyTorch's numbers.", depth=1),
        ["return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)"],
    )


def _act(facts: Facts) -> Lines:
    layer = _ACTIVATIONS[facts.config.activation].format("name=name")
    return definition("def act(x: Tensor, name: str) -> Tensor", [f"return {layer}(x)"])
