"""The code of the shortcuts: what a block builds where its shape changes, and how a forward pass gets there."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.shortcut_facts import ShortcutFacts
from explorer.export.python_source.text import Lines, definition, docstring, shaped, spread
from explorer.export.pytorch_file.modules import conv, norm
from explorer.network.block_plans import projection_has_norm
from explorer.network.options import Shortcut

# ceil_mode: odd maps keep their last row and column, as they do in the strided convolution beside the pool.
_POOL = "nn.AvgPool2d(2, ceil_mode=True)"
_FORWARD = "def forward(self, x: Tensor) -> Tensor"


class ShortcutCode(ShortcutFacts):
    """Writes what stands beside the convolutions of a block."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts, facts.inputs)

    def helper(self) -> Lines:
        """The class for shortcuts without parameters, if the network has any; else no lines."""
        if self.pads:
            return self._zero_pad()
        if not self.skips:
            return []
        body = shaped("return x[:, :, ::2, ::2]", "C", "H/2", "W/2")
        doc = docstring("Shortcut A between equal channels: every second row and column, rounded up.", depth=1)
        return definition("class Subsample(nn.Module)", doc, [""], definition(_FORWARD, [body]))

    def _zero_pad(self) -> Lines:
        names = ["extra", "stride"] if self.varies else ["extra"]
        init = definition(
            f"def __init__(self, {', '.join(f'{name}: int' for name in names)}) -> None",
            ["super().__init__()", *(f"self.{name} = {name}" for name in names)],
        )
        return definition("class ZeroPad(nn.Module)", self._zero_pad_doc(), [""], init, [""], self._zero_pad_forward())

    def _zero_pad_doc(self) -> Lines:
        what, by = "Appends ``extra`` channels of zeros.", ""
        if self.skips:
            row, by = ("``stride``-th", "/s") if self.varies else ("second", "/2")
            what = f"Shortcut A: every {row} row and column, ``extra`` channels of zeros."
        where = ", rounded up" if self.skips else ""
        where += ", where s is the stride" if self.varies else ""
        return docstring(what, f"(N, C, H, W) -> (N, C + extra, H{by}, W{by}){where}.", depth=1)

    def _zero_pad_forward(self) -> Lines:
        step = ":: self.stride" if self.varies else "::2"
        keep = [f"x = x[:, :, {step}, {step}]"] if self.skips else []
        pad = "return functional.pad(x, (0, 0, 0, 0, 0, self.extra))  # pairs for W, H, C"
        return definition(_FORWARD, [*keep, pad])

    def init(self) -> Lines:
        """The lines of the block's constructor that make ``self.downsample``; none where no block needs it."""
        if not self.facts.changing:
            return []
        parts = self._parts()
        if len(parts) == 1 and not self.shortcut.projects:  # nothing in it has a name in the state dict
            made = [f"self.downsample = {parts[0]}"]
        else:
            made = spread("self.downsample = nn.Sequential", parts)
        if self.condition:
            made = ["self.downsample = None", *definition(f"if {self.condition}", made)]
        return [self.comment(), *made]

    def _parts(self) -> Lines:
        """The modules a shape-changing shortcut consists of, in order."""
        facts, parts = self.facts, []
        if any(self.pools) or self.shortcut is Shortcut.AVGPOOL_PROJECTION:
            parts.append(self._pool())
        if self.pads:
            stride = ", stride" if self.varies else ""
            parts.append(f"ZeroPad({facts.out} - {facts.inputs}{stride})")
        elif self.skips:
            parts.append("Subsample()")
        if self.shortcut.projects:
            stride = "stride" if facts.strided and not self.shortcut.pools else ""
            parts.append(conv(facts.config, facts.inputs, facts.out, 1, stride))
            if projection_has_norm(facts.config):
                parts.append(norm(facts.config, facts.out))
        return parts

    def _pool(self) -> str:
        """The pool, or what holds its place: a projection after it is ``downsample.1`` with and without."""
        if not any(self.pools):
            return "nn.Identity()"
        return _POOL if all(self.pools) else f"{_POOL} if stride == 2 else nn.Identity()"

    def of(self, changed: str) -> tuple[Lines, str]:
        """How a forward pass gets the shortcut: lines to run first, and the expression for it.

        ``changed`` is what a shortcut that changes the shape reads; the identity always passes ``x`` on.
        """
        if not self.facts.changing:
            return [], "x"
        if not self.condition:
            return [], f"self.downsample({changed})"
        return [f"shortcut = x if self.downsample is None else self.downsample({changed})"], "shortcut"
