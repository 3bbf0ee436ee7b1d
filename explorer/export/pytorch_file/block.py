"""The code of the block class: its convolutions in order, with only the arguments this network's blocks need."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines, applied, definition, docstring, shaped
from explorer.export.pytorch_file.modules import activation, conv, norm
from explorer.export.pytorch_file.shortcut import ShortcutCode
from explorer.network.options import StrideIn


class BlockCode:
    """Writes the block class of a network."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.shortcut = ShortcutCode(facts)
        self.steps = facts.config.convs_per_block
        first = facts.basic or facts.config.stride_in is StrideIn.CONV1X1
        self.strided_step = (1 if first else 2) if facts.strided else None

    def lines(self) -> Lines:
        init = definition(
            f"def __init__(self, {self.facts.signature}) -> None",
            ["super().__init__()"],
            *(self._step(step) for step in range(1, self.steps + 1)),
            self.shortcut.init(),
        )
        forward = definition("def forward(self, x: Tensor) -> Tensor", self._pre() if self.facts.pre else self._post())
        return definition(f"class {self.facts.block_name}(nn.Module)", self._doc(), [""], init, [""], forward)

    def _step(self, step: int) -> Lines:
        facts = self.facts
        inputs, outputs = self._channels(step)
        stride = "stride" if step == self.strided_step else ""
        kernel = 3 if facts.basic or step == 2 else 1
        return [
            f"self.conv{step} = {conv(facts.config, inputs, outputs, kernel, stride)}",
            *([f"self.bn{step} = {norm(inputs if facts.pre else outputs)}"] if facts.normed else []),
            f"self.act{step} = {activation(facts.config)}",
        ]

    def _channels(self, step: int) -> tuple[str, str]:
        facts = self.facts
        return (
            facts.inputs if step == 1 else facts.width,
            facts.out if step == self.steps else facts.width,
        )

    def _doc(self) -> Lines:
        facts = self.facts
        path = "Two 3x3 convolutions" if facts.basic else "1x1, 3x3, 1x1 convolutions"
        before = "norm and activation" if facts.normed else "its activation"
        order = f", each after {before}" if facts.pre else ""
        end = "no shortcut" if facts.config.is_plain else "plus a shortcut"
        return docstring(f"{path}{order}, {end}.", self._shapes(), depth=1)

    def _shapes(self) -> str:
        facts = self.facts
        if self.strided_step is None:
            return f"(N, {facts.inputs}, H, W) -> (N, {facts.out}, H, W)."
        shapes = f"(N, {facts.inputs}, H, W) -> (N, {facts.out}, H/s, W/s), rounded up, where s is the stride."
        if facts.basic:
            return shapes
        if self.strided_step == 2:
            return f"{shapes} The 3x3 carries it (v1.5, as in torchvision); in He et al. 2015 the first 1x1 does."
        return f"{shapes} The first 1x1 carries it (v1, as in He et al. 2015)."

    def _after(self, code: str, step: int) -> str:
        """The line with the shape after convolution ``step``."""
        strided = self.strided_step is not None and step >= self.strided_step
        return shaped(code, self._channels(step)[1], *(("H/s", "W/s") if strided else ("H", "W")))

    def _post(self) -> Lines:
        """Convolution, norm, activation; the last activation after the sum (He et al. 2015)."""
        plain, last = self.facts.config.is_plain, f"act{self.steps}"
        lines: Lines = []
        value, out = "x", "x" if plain else "branch"
        for step in range(1, self.steps + 1):
            normed = (f"bn{step}",) if self.facts.normed else ()
            activated = (f"act{step}",) if step < self.steps or plain else ()
            value = applied(value, f"conv{step}", *normed, *activated)
            if step == self.steps and plain:
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
        for step in range(1, self.steps + 1):
            value = applied(value, *((f"bn{step}",) if self.facts.normed else ()), f"act{step}")
            if step == 1 and self.facts.changing:
                where = " where the shape changes" if self.shortcut.condition else ""
                lines.append(f"ready = {value}  # both paths read it{where}")
                value = "ready"
            value = applied(value, f"conv{step}")
            if step == self.steps and plain:
                return [*lines, self._after(f"return {value}", step)]
            lines.append(self._after(f"{out} = {value}", step))
            value = out
        first, shortcut = self.shortcut.of("ready")
        return [*lines, *first, f"return branch + {shortcut}"]
