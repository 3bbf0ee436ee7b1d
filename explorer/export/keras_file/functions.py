"""The small functions at the top of the file: a convolution, a norm and an activation with PyTorch's numbers."""

from collections.abc import Mapping

from explorer.export.python_source.facts import INIT_REASONS, Facts
from explorer.export.python_source.text import Lines, definition, docstring, fitted, function
from explorer.network.block_plans import NORM_GROUPS
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

_BLUR = '''
def blur(x: Tensor, name: str) -> Tensor:
    """Two averages over 2x2 windows blur; the second one keeps every second position.

    (N, H, W, C) -> (N, H/2, W/2, C), rounded up. At the border the map is mirrored.
    """
    x = keras.ops.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="reflect")
    x = layers.AveragePooling2D(2, strides=1)(x)
    return layers.AveragePooling2D(2, name=name)(x)
'''
_SQUEEZE_EXCITE = '''
def squeeze_excite(x: Tensor, name: str) -> Tensor:
    """Times a gate in (0, 1) for each channel, computed from the means of all."""
    channels = x.shape[-1]
    squeezed = max(8, (channels + 64) // 128 * 8)  # a sixteenth, in eights
    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_avgpool")(x)
    gate = conv(gate, squeezed, 1, f"{name}_fc1"BIAS)
    gate = layers.ReLU(name=f"{name}_act")(gate)
    gate = conv(gate, channels, 1, f"{name}_fc2"BIAS)
    gate = layers.Activation("sigmoid", name=f"{name}_gate")(gate)
    return layers.Multiply(name=f"{name}_multiply")([x, gate])
'''
_SCALE = '''
@keras.saving.register_keras_serializable()
class Scale(layers.Layer):
    """Times one learned number, which starts at 0."""

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.gain = self.add_weight(shape=(1,), initializer="zeros", name="gain")

    def call(self, x: Tensor) -> Tensor:
        return x * self.gain
'''


def functions(facts: Facts) -> list[Lines]:
    """The functions that blocks and network call."""
    used = {
        _BLUR: facts.blurs or facts.stem_blurs,
        _SQUEEZE_EXCITE.replace("BIAS", "" if facts.config.conv_bias else ", use_bias=True"): facts.squeezes,
        _SCALE: facts.scaled,
    }
    parts = [code.strip().splitlines() for code, needed in used.items() if needed]
    return [_uniform(), _conv(facts), *([_norm(facts)] if facts.normed else []), _act(facts), *parts]


def _uniform() -> Lines:
    return definition(
        "def uniform(fan_in: int) -> keras.Initializer",
        docstring("PyTorch's default for weights and biases.", depth=1),
        ["limit = fan_in**-0.5", "return keras.initializers.RandomUniform(-limit, limit)"],
    )


def _conv(facts: Facts) -> Lines:
    config = facts.config
    bare = facts.squeezes and not config.conv_bias  # with the biases of squeeze-and-excitation alone
    options = bare or facts.dilated or facts.grouped
    lines = _init(facts)
    doc = "It keeps the size of the map."
    if facts.convs_stride:
        doc = 'Where "same" would pad a strided one on two sides, this pads on all four, as PyTorch does.'
        pad = ["x = layers.ZeroPadding2D(kernel // 2)(x)", 'padding = "valid"']
        lines = ['padding = "same"', *definition("if kernel > 1 and stride > 1", pad), *lines]
    bias = ["bias_initializer=uniform(fan_in)"] if config.init is Init.TORCH else []
    if bare:
        lines.append('options.setdefault("use_bias", False)')
    elif not config.conv_bias:
        bias = ["use_bias=False"]
    strided = ["stride", "padding=padding"] if facts.convs_stride else ['padding="same"']
    call = ["filters", "kernel", *strided, *bias, "kernel_initializer=init", "name=name"]
    arguments = ["x: Tensor", "filters: int", "kernel: int", "name: str"]
    arguments += ["stride: int = 1"] if facts.convs_stride else []
    if options:
        arguments, call = [*arguments, "**options: int"], [*call, "**options"]
    made = fitted("return layers.Conv2D", call, "(x)", 1)
    return function("conv", arguments, "Tensor", 0, docstring("A convolution.", doc, depth=1), lines, made)


def _init(facts: Facts) -> Lines:
    """The lines that make the initial weights of a convolution."""
    init = facts.config.init
    if init is not Init.TORCH:
        return [f"# {INIT_REASONS[init]}", f"init = {_INITS[init]}"]
    groups = ' // options.get("groups", 1)' if facts.grouped else ""
    return [f"fan_in = kernel * kernel * x.shape[-1]{groups}", "init = uniform(fan_in)"]


def _norm(facts: Facts) -> Lines:
    doc, layer = "Batch norm with PyTorch's numbers.", "BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)"
    before: Lines = []
    if facts.grouped_norm:
        doc = f"Group norm: {NORM_GROUPS} groups, or as many of them as divide the channels."
        before = [f"groups = math.gcd({NORM_GROUPS}, x.shape[-1])"]
        layer = "GroupNormalization(groups, epsilon=1e-5, name=name)"
    return definition(
        "def norm(x: Tensor, name: str) -> Tensor", docstring(doc, depth=1), before, [f"return layers.{layer}(x)"]
    )


def _act(facts: Facts) -> Lines:
    layer = _ACTIVATIONS[facts.config.activation].format("name=name")
    return definition("def act(x: Tensor, name: str) -> Tensor", [f"return {layer}(x)"])
