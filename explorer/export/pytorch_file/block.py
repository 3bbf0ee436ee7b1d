"""The code of the block class: its convolutions in order, with only the arguments this network's blocks need."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines, applied, definition, docstring, fitted, function, shaped
from explorer.export.pytorch_file.modules import activation, conv_arguments, norm
from explorer.export.pytorch_file.shortcut import ShortcutCode


class BlockCode:
    """Writes the block class of a network."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.shortcut = ShortcutCode(facts)

    def lines(self) -> Lines:
        facts = self.facts
        init = function(
            "__init__",
            ["self", *facts.signature],
            "None",
            1,
            ["super().__init__()", *facts.inner_lines],
            *(self._step(step) for step in range(1, facts.steps + 1)),
            [f"self.se = SqueezeExcite({facts.out})"] if facts.squeezes else [],
            ["self.scale = Scale()"] if facts.scaled else [],
            ["self.drop_path = DropPath()"] if facts.drops_branches else [],
            self.shortcut.init(),
        )
        forward = definition("def forward(self, x: Tensor) -> Tensor", self._pre() if facts.pre else self._post())
        return definition(f"class {facts.block_name}(nn.Module)", self._doc(), [""], init, [""], forward)

    def _step(self, step: int) -> Lines:
        facts, config = self.facts, self.facts.config
        inputs, outputs = facts.channels(step)
        last = step == facts.steps
        conv = conv_arguments(
            config,
            inputs,
            outputs,
            facts.kernel(step),
            "stride" if step == facts.strided_step and not facts.blurs else "",
            dilation=facts.dilation_at(step),
            groups=config.groups if step == 2 and not facts.basic else 1,
        )
        return [
            *([f"self.dropout = nn.Dropout({config.dropout})"] if last and config.dropout else []),
            *fitted(f"self.conv{step} = nn.Conv2d", conv, "", 2),
            *([f"self.bn{step} = {norm(config, inputs if facts.pre else outputs)}"] if facts.normed else []),
            f"self.act{step} = {activation(config)}",
            *(
                [f"self.blur{step} = BlurPool() if stride == 2 else nn.Identity()"]
                if step == facts.blurred_step
                else []
            ),
        ]

    def _doc(self) -> Lines:
        facts, (height, width) = self.facts, self.facts.sides(self.facts.steps)
        shapes = f"(N, {facts.inputs}, H, W) -> (N, {facts.out}, {height}, {width}){facts.stride_words}"
        return docstring(facts.block_words, shapes, depth=1)

    def _after(self, code: str, step: int, *, blurred: bool = False) -> str:
        """The line with the shape after convolution ``step``."""
        return shaped(code, self.facts.channels(step)[1], *self.facts.sides(step, blurred=blurred))

    @property
    def _out(self) -> str:
        return "x" if self.facts.config.is_plain else "branch"

    @property
    def _ends(self) -> tuple[str, ...]:
        """The modules behind the last convolution of a branch and its norm."""
        used = {"se": self.facts.squeezes, "scale": self.facts.scaled, "drop_path": self.facts.drops_branches}
        return tuple(name for name, needed in used.items() if needed)

    def _between(self, step: int) -> Lines:
        """The lines in front of convolution ``step``: the blur that was the stride before it, and dropout."""
        lines, out = list[str](), self._out
        if step - 1 == self.facts.blurred_step:
            lines.append(self._after(f"{out} = self.blur{step - 1}({out})", step - 1, blurred=True))
        if step == self.facts.steps and self.facts.config.dropout:
            lines.append(f"{out} = self.dropout({out})")
        return lines

    def _post(self) -> Lines:
        """Convolution, norm, activation; the last activation after the sum (He et al. 2015)."""
        facts, out, value, lines = self.facts, self._out, "x", list[str]()
        for step in range(1, facts.steps + 1):
            last = step == facts.steps
            normed = (f"bn{step}",) if facts.normed else ()
            ends = facts.config.is_plain and last and not self._ends
            value = applied(value, f"conv{step}", *normed, *((f"act{step}",) if ends or not last else ()))
            lines.append(self._after(f"return {value}" if ends else f"{out} = {value}", step))
            value = out
            lines += [] if last else self._between(step + 1)
        return lines if ends else [*lines, *self._end("x", f"act{facts.steps}")]

    def _pre(self) -> Lines:
        """Norm, activation, convolution; nothing after the sum (He et al. 2016)."""
        facts, out, value, lines = self.facts, self._out, "x", list[str]()
        for step in range(1, facts.steps + 1):
            value = applied(value, *((f"bn{step}",) if facts.normed else ()), f"act{step}")
            if step == 1 and facts.changing:
                where = " where the shape changes" if self.shortcut.condition else ""
                lines.append(f"ready = {value}  # both paths read it{where}")
                value = "ready"
            between = self._between(step)
            if between:
                lines += [f"{out} = {value}", *between]
                value = out
            ends = facts.config.is_plain and step == facts.steps and not self._ends
            value = applied(value, f"conv{step}")
            lines.append(self._after(f"return {value}" if ends else f"{out} = {value}", step))
            value = out
        return lines if ends else [*lines, *self._end("ready")]

    def _end(self, changed: str, *last: str) -> Lines:
        """What comes behind the branch's convolutions: what it is multiplied by, the sum, and the ``last`` module."""
        if self.facts.config.is_plain:
            return [f"return {applied('x', *self._ends, *last)}"]
        ends = [f"branch = {applied('branch', *self._ends)}"] if self._ends else []
        first, shortcut = self.shortcut.of(changed)
        return [*ends, *first, f"return {applied(f'branch + {shortcut}', *last)}"]
