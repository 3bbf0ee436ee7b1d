"""The code of the block class: its convolutions in order, with only the arguments this network's blocks need."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines, applied, definition, docstring, shaped
from explorer.export.pytorch_file.modules import activation, conv, norm
from explorer.export.pytorch_file.shortcut import ShortcutCode


class BlockCode:
    """Writes the block class of a network."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.shortcut = ShortcutCode(facts)

    def lines(self) -> Lines:
        init = definition(
            f"def __init__(self, {self.facts.signature}) -> None",
            ["super().__init__()"],
            *(self._step(step) for step in range(1, self.facts.steps + 1)),
            self.shortcut.init(),
        )
        forward = definition("def forward(self, x: Tensor) -> Tensor", self._pre() if self.facts.pre else self._post())
        return definition(f"class {self.facts.block_name}(nn.Module)", self._doc(), [""], init, [""], forward)

    def _step(self, step: int) -> Lines:
        facts = self.facts
        inputs, outputs = facts.channels(step)
        stride = "stride" if step == facts.strided_step else ""
        return [
            f"self.conv{step} = {conv(facts.config, inputs, outputs, facts.kernel(step), stride)}",
            *([f"self.bn{step} = {norm(inputs if facts.pre else outputs)}"] if facts.normed else []),
            f"self.act{step} = {activation(facts.config)}",
        ]

    def _doc(self) -> Lines:
        facts, (height, width) = self.facts, self.facts.sides(self.facts.steps)
        shapes = f"(N, {facts.inputs}, H, W) -> (N, {facts.out}, {height}, {width}){facts.stride_words}"
        return docstring(facts.block_words, shapes, depth=1)

    def _after(self, code: str, step: int) -> str:
        """The line with the shape after convolution ``step``."""
        return shaped(code, self.facts.channels(step)[1], *self.facts.sides(step))

    def _post(self) -> Lines:
        """Convolution, norm, activation; the last activation after the sum (He et al. 2015)."""
        plain, last = self.facts.config.is_plain, f"act{self.facts.steps}"
        lines: Lines = []
        value, out = "x", "x" if plain else "branch"
        for step in range(1, self.facts.steps + 1):
            normed = (f"bn{step}",) if self.facts.normed else ()
            activated = (f"act{step}",) if step < self.facts.steps or plain else ()
            value = applied(value, f"conv{step}", *normed, *activated)
            if step == self.facts.steps and plain:
                return [*lines, self._after(f"return {value}", step)]
            lines.append(self._after(f"{out} = {value}", step))
            value = out
        first, shortcut = self.shortcut.of("x")
        return [*lines, *first, f"return {applied(f'branch + {shortcut}', last)}"]

    def _pre(self) -> Lines:
        """Norm, activation, convolution; nothing after the sum (He et al. 2016)."""
        plain = self.facts.config.is_plain
        lines: Lines = []
        value, out = "x", "x" if plain else "branch"
        for step in range(1, self.facts.steps + 1):
            value = applied(value, *((f"bn{step}",) if self.facts.normed else ()), f"act{step}")
            if step == 1 and self.facts.changing:
                where = " where the shape changes" if self.shortcut.condition else ""
                lines.append(f"ready = {value}  # both paths read it{where}")
                value = "ready"
            value = applied(value, f"conv{step}")
            if step == self.facts.steps and plain:
                return [*lines, self._after(f"return {value}", step)]
            lines.append(self._after(f"{out} = {value}", step))
            value = out
        first, shortcut = self.shortcut.of("ready")
        return [*lines, *first, f"return branch + {shortcut}"]
