"""The code of the whole network: how stages are made of blocks, and the function that makes the model."""

from explorer.export.keras_file.block import shaped
from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines, definition, docstring, fitted
from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan
from explorer.network.options import Stem


class NetworkCode:
    """Writes the functions that make a network of blocks."""

    def __init__(self, arch: Architecture, facts: Facts) -> None:
        self.arch = arch
        self.facts = facts
        self.config = arch.config
        self.repeats = max(self.config.stage_blocks) > 1 and not facts.dilated

    def stage(self) -> Lines:
        """The function that repeats blocks, if the network repeats any."""
        if not self.repeats:
            return []
        width, strided = self.facts.width, self.facts.strided
        first, again = ("stride, ", "stride=1, name=") if strided else ("", "")
        change = "the shape" if self.facts.resizes else "the resolution"
        stride = "stride: int, " if strided else ""
        head = f"def stage(x: Tensor, blocks: int, {width}: int, {stride}name: str) -> Tensor"
        return definition(
            head,
            docstring(f"``blocks`` blocks in a row; only the first may change {change}.", depth=1),
            [f'x = block(x, {width}, {first}f"{{name}}_0")'],
            definition("for index in range(1, blocks)", [f'x = block(x, {width}, {again}f"{{name}}_{{index}}")']),
            ["return x"],
        )

    def lines(self) -> Lines:
        """The function that makes the model."""
        config, side = self.config, self.config.image_size
        shape = f"({side}, {side}, {config.in_channels})"
        features = self.facts.plans[-1].out_channels
        logits = [
            f"{config.num_classes}",
            f"kernel_initializer=uniform({features})",
            f"bias_initializer=uniform({features})",
            'name="fc"',
        ]
        dense = fitted("logits = layers.Dense", logits, f"(x)  # (N, {config.num_classes})", 1)
        return definition(
            "def build_model() -> keras.Model",
            docstring(
                f"Images (N, {side}, {side}, {config.in_channels}) to logits (N, {config.num_classes}).", depth=1
            ),
            [f"images = keras.Input({shape})"],
            self._stem(),
            *(self._stage(stage) for stage in range(1, len(config.widths) + 1)),
            self._norm_and_act("_last") if self.facts.pre else [],
            [f'x = layers.GlobalAveragePooling2D(name="avgpool")(x)  # (N, {features})'],
            dense,
            self._end(),
        )

    def _norm_and_act(self, suffix: str) -> Lines:
        normed = [f'x = norm(x, "bn{suffix}")'] if self.facts.normed else []
        return [*normed, f'x = act(x, "act{suffix}")']

    def _stem(self) -> Lines:
        config = self.config
        channels = config.stem_channels
        if config.stem is Stem.DEEP:
            lines = self._deep_stem(channels)
        else:
            kernel, stride = (7, ", stride=2") if config.stem is Stem.IMAGENET else (3, "")
            lines = self._shaped(f'x = conv(images, {channels}, {kernel}, "conv1"{stride})', "conv1")
        lines += [] if self.facts.pre else self._norm_and_act("1")
        by = 1 if self.facts.stem_blurs else 2
        if config.stem.max_pools:
            lines += [
                "# The largest value of three by three; beyond the border there is none.",
                "border = [(0, 0), (1, 1), (1, 1), (0, 0)]",
                "x = keras.ops.pad(x, border, constant_values=-math.inf)",
                *self._shaped(f'x = layers.MaxPooling2D(3, strides={by}, name="maxpool")(x)', "maxpool"),
            ]
        if self.facts.stem_blurs:
            lines += self._shaped('x = blur(x, "blurpool")', "blurpool")
        return lines

    def _deep_stem(self, channels: int) -> Lines:
        """Three convolutions at ``conv1_0``, ``_3`` and ``_6``, as timm numbers them."""
        middle, lines, value = max(channels // 2, 1), list[str](), "images"
        for number, filters in ((0, middle), (3, middle), (6, channels)):
            stride = "" if number else ", stride=2"
            lines += self._shaped(f'x = conv({value}, {filters}, 3, "conv1_{number}"{stride})', f"conv1.{number}")
            value = "x"
            if number < 6:
                lines += [f'x = norm(x, "conv1_{number + 1}")'] if self.facts.normed else []
                lines.append(f'x = act(x, "conv1_{number + 2}")')
        return lines

    def _stage(self, stage: int) -> Lines:
        facts, layer = self.facts, f"layer{stage}"
        first, *rest = (plan for plan in facts.plans if plan.stage == stage)
        *_, last = (each for each in self.arch.layers if each.stage == layer)
        channels, height, width = last.output_shape
        if self.repeats:
            arguments = ["x", f"blocks={1 + len(rest)}", f"{facts.width}={facts.width_of(first)}"]
            arguments += [*self._stride(first), f'name="{layer}"']
            return shaped("x = stage", arguments, height, width, channels)
        made = shaped("x = block", self._arguments(first, f'"{layer}_0"'), height, width, channels)
        if not rest:
            return made
        again = fitted("x = block", self._arguments(rest[0], f'f"{layer}_{{index}}"'), "", 2)
        return [*made, *definition(f"for index in range(1, {1 + len(rest)})", again)]

    def _stride(self, plan: BlockPlan) -> Lines:
        return [f"stride={plan.stride}"] if self.facts.strided else []

    def _arguments(self, plan: BlockPlan, name: str) -> Lines:
        facts = self.facts
        dilation = [f"{facts.dilation}={facts.dilation_of(plan)}"] if facts.dilated else []
        return ["x", f"{facts.width_of(plan)}", *self._stride(plan), f"name={name}", *dilation]

    def _shaped(self, call: str, layer: str) -> Lines:
        """The call with the shape of that layer's output."""
        channels, height, width = self.arch.by_name[layer].output_shape
        return [f"{call}  # (N, {height}, {width}, {channels})"]

    def _end(self) -> Lines:
        """The model, after what concerns all blocks of it."""
        changes = [*self._drop_rates(), *(self._silence() if self.facts.zeroes else [])]
        if not changes:
            return ["return keras.Model(images, logits)"]
        return ["model = keras.Model(images, logits)", *changes, "return model"]

    def _drop_rates(self) -> Lines:
        """The probabilities of stochastic depth, in linear decay (Huang et al. 2016, equation 4)."""
        if not self.facts.drops_branches:
            return []
        return [
            'drops = [layer for layer in model.layers if layer.name.endswith("_drop_path")]',
            *definition(
                "for number, drop in enumerate(drops, start=1)",
                ["drop.rate *= number / len(drops)  # the last one's is the largest"],
            ),
        ]

    def _silence(self) -> Lines:
        """The lines that let every branch start at zero (Goyal et al. 2017)."""
        norm = self.facts.normed and not self.facts.pre
        weights = ["gamma"] if norm else ["kernel", *(["bias"] if self.config.conv_bias else [])]
        ending = f"_{'bn' if norm else 'conv'}{self.facts.steps}"
        silenced = (f"layer.{weight}.assign(keras.ops.zeros_like(layer.{weight}))" for weight in weights)
        return definition(
            "for layer in model.layers",
            definition(f'if layer.name.endswith("{ending}")', ["# The block starts as its shortcut."], silenced),
        )
