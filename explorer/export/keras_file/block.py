"""The code of the block function: the branch, what stands beside it, and their sum."""

from collections.abc import Iterable

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.shortcut_facts import ShortcutFacts
from explorer.export.python_source.text import Lines, definition, docstring, fitted, function
from explorer.network.block_plans import projection_has_norm


def shaped(head: str, arguments: Iterable[str], height: object, width: object, channels: object) -> Lines:
    """A call in a function's body with the shape of its result at the end, channels last."""
    return fitted(head, arguments, f"  # (N, {height}, {width}, {channels})", 1)


def named(suffix: str) -> str:
    """The expression for the name of a layer of the block."""
    return f'f"{{name}}_{suffix}"'


class BlockCode:
    """Writes the block function of a network."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.shortcut = ShortcutFacts(facts, "x.shape[-1]")
        self.path = "x" if facts.config.is_plain else "branch"

    def lines(self) -> Lines:
        """The function itself."""
        facts, (height, width) = self.facts, self.facts.sides(self.facts.steps)
        arguments = ["x: Tensor", f"{facts.width}: int", *(["stride: int"] if facts.strided else []), "name: str"]
        arguments += [each for each in facts.signature if each.startswith("dilation")]
        shapes = f"(N, H, W, C) -> (N, {height}, {width}, {facts.out}){facts.stride_words}"
        return function(
            "block",
            arguments,
            "Tensor",
            0,
            docstring(facts.block_words, shapes, depth=1),
            facts.inner_lines,
            self._pre() if facts.pre else self._post(),
        )

    def _conv(self, step: int, value: str, result: str = "") -> Lines:
        """The lines of convolution ``step``, which assign its output to the branch unless ``result`` says else."""
        facts = self.facts
        more = ["stride"] if step == facts.strided_step and not facts.blurs else []
        if step == 2 and facts.grouped:
            more.append(f"groups={facts.config.groups}")
        if facts.dilation_at(step):
            more.append(f"dilation_rate={facts.dilation_at(step)}")
        channels = facts.channels(step)[1]
        arguments = [value, channels, str(facts.kernel(step)), named(f"conv{step}"), *more]
        return shaped(f"{result or f'{self.path} ='} conv", arguments, *facts.sides(step), channels)

    def _norm_and_act(self, step: int, value: str, out: str) -> Lines:
        """The lines that norm and activate ``value``; the result is called ``out``."""
        if not self.facts.normed:
            return [f"{out} = act({value}, {named(f'act{step}')})"]
        return [f"{out} = norm({value}, {named(f'bn{step}')})", f"{out} = act({out}, {named(f'act{step}')})"]

    def _between(self, step: int) -> Lines:
        """The lines in front of convolution ``step``: the blur that was the stride before it, and dropout."""
        facts, lines, path = self.facts, list[str](), self.path
        if step - 1 == facts.blurred_step:
            made = [f"{path} = blur({path}, {named(f'blur{step - 1}')})"]
            lines += definition("if stride == 2", made)
        if step == facts.steps and facts.config.dropout:
            lines.append(f"{path} = layers.Dropout({facts.config.dropout}, name={named('dropout')})({path})")
        return lines

    def _ends(self) -> Lines:
        """The lines behind the last convolution of a branch and its norm."""
        facts, path = self.facts, self.path
        calls = {
            f"squeeze_excite({path}, {named('se')})": facts.squeezes,
            f"Scale(name={named('scale')})({path})": facts.scaled,
        }
        lines = [f"{path} = {call}" for call, needed in calls.items() if needed]
        if facts.drops_branches:
            arguments = [
                f"{facts.config.stochastic_depth}",
                "noise_shape=(None, 1, 1, 1)",
                f"name={named('drop_path')}",
            ]
            lines += fitted(f"{path} = layers.Dropout", arguments, f"({path})", 1)
        return lines

    def _post(self) -> Lines:
        """Convolution, norm, activation; the last activation after the sum (He et al. 2015)."""
        facts, lines, value = self.facts, list[str](), "x"
        for step in range(1, facts.steps + 1):
            lines += self._conv(step, value)
            value = self.path
            if step < facts.steps:
                lines += [*self._norm_and_act(step, value, value), *self._between(step + 1)]
        lines += [f"{value} = norm({value}, {named(f'bn{facts.steps}')})"] if facts.normed else []
        return [*lines, *self._ends(), *self._join("x", "x ="), f"return act(x, {named(f'act{facts.steps}')})"]

    def _pre(self) -> Lines:
        """Norm, activation, convolution; nothing after the sum (He et al. 2016)."""
        facts, lines, value = self.facts, list[str](), "x"
        for step in range(1, facts.steps + 1):
            ready = "ready" if step == 1 and facts.changing else self.path
            lines += self._norm_and_act(step, value, ready)
            if ready == "ready":
                lines[-1] += f"  # both paths read it{' where the shape changes' if self.shortcut.condition else ''}"
            lines += self._between(step)
            last = step == facts.steps and facts.config.is_plain and not self._ends()
            lines += self._conv(step, ready, "return" if last else "")
            value = self.path
        if last:
            return lines
        *ends, end = self._ends() or [""]
        if facts.config.is_plain:
            return [*lines, *ends, end.replace("x = ", "return ", 1)]
        return [*lines, *self._ends(), *self._join("ready", "return")]

    def _join(self, changed: str, result: str) -> Lines:
        """The lines that add branch and shortcut; ``result`` stands before the sum.

        ``changed`` is what a shortcut that changes the shape reads.
        """
        if self.facts.config.is_plain:
            return []
        if not self.facts.changing:
            return [f"{result} layers.Add(name={named('add')})([branch, x])"]
        made = self._changed(changed)
        comment = self.shortcut.comment()
        if self.shortcut.condition:
            made = ["shortcut = x", *definition(f"if {self.shortcut.condition}", [comment], made)]
        else:
            made = [comment, *made]
        return [*made, f"{result} layers.Add(name={named('add')})([branch, shortcut])"]

    def _changed(self, value: str) -> Lines:
        """The lines of a shortcut that changes the shape, step by step."""
        facts, shortcut, lines = self.facts, self.shortcut, list[str]()
        if any(shortcut.pools):
            side = "2" if all(shortcut.pools) else "stride"
            lines.append(f'shortcut = layers.AveragePooling2D({side}, padding="same")({value})')
            value = "shortcut"
        if shortcut.skips:
            step = "::stride" if shortcut.varies else "::2"
            lines.append(f"shortcut = {value}[:, {step}, {step}]")
            value = "shortcut"
        if shortcut.pads:
            lines += [
                f"extra = {facts.out} - {value}.shape[-1]",
                f"shortcut = keras.ops.pad({value}, [(0, 0), (0, 0), (0, 0), (0, extra)])",
            ]
        if shortcut.shortcut.projects:
            lines += self._projection(value)
        return lines

    def _projection(self, value: str) -> Lines:
        facts, slot = self.facts, int(self.shortcut.shortcut.pools)  # number 0 is a pool's, even where nothing pools
        stride = ", stride" if facts.strided and not slot else ""
        lines = [f"shortcut = conv({value}, {facts.out}, 1, {named(f'downsample_{slot}')}{stride})"]
        if projection_has_norm(facts.config):
            lines.append(f"shortcut = norm(shortcut, {named(f'downsample_{slot + 1}')})")
        return lines
