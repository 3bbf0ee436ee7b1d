"""One convolution on a map that is small enough to be drawn: what a cell of the output reads, and what nobody reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.ideas.limits import check_whole
from explorer.ideas.window import Window
from explorer.text.quantities import counted

GRID_SIDE, GRID_KERNEL, GRID_STRIDE, GRID_PADDING, GRID_DILATION = (1, 16), (1, 7), (1, 5), (0, 3), (1, 3)


@dataclass(frozen=True, slots=True)
class GridSetting:
    """A window on a small map, and the cell of the output that is looked at, counted from 1.

    Raises:
        Refusal: a value outside what is allowed, a kernel that does not fit, or a cell that the output does not have.
    """

    side: int = 7
    kernel: int = 3
    stride: int = 2
    padding: int = 1
    dilation: int = 1
    row: int = 1
    column: int = 1

    def __post_init__(self) -> None:
        check_whole("Side of the map", self.side, *GRID_SIDE)
        check_whole("Kernel", self.kernel, *GRID_KERNEL)
        check_whole("Stride", self.stride, *GRID_STRIDE)
        check_whole("Padding", self.padding, *GRID_PADDING)
        check_whole("Dilation", self.dilation, *GRID_DILATION)
        most = self.output
        check_whole("Row of the output", self.row, 1, most)
        check_whole("Column of the output", self.column, 1, most)

    @property
    def window(self) -> Window:
        """The window that moves over the map."""
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    @property
    def output(self) -> int:
        """The side of the output."""
        return self.window.output(self.side)


def grid_sentence(setting: GridSetting) -> str:
    """Says how large the output is, what the chosen cell reads, and which cells nothing reads."""
    window, side, out = setting.window, setting.side, setting.output
    return f"{side}×{side} becomes {out}×{out}: {window.formula(side)}. {_chosen(setting)} {_unread(window, side)}"


def _chosen(setting: GridSetting) -> str:
    inside = [
        sum(0 <= place < setting.side for place in setting.window.reads(index - 1))
        for index in (setting.row, setting.column)
    ]
    read, total = inside[0] * inside[1], setting.kernel**2
    where = f"Output row {setting.row}, column {setting.column} reads {counted(read, 'cell')} of the map"
    return f"{where}." if read == total else f"{where} and {total - read} of the padding."


def _unread(window: Window, side: int) -> str:
    unread, left = window.unread(side), window.left_over(side)
    if not unread:
        return "Every cell of the map is read."
    size = side - len(unread)
    lost = f"{side * side - size * size} of {counted(side * side, 'cell')}"
    listed = _listed(unread)
    rows = f"Row {listed} and column {listed}" if len(unread) == 1 else f"Rows and columns {listed}"
    return f"{rows} are never read, {lost}: {_reason(window, side, unread, left)}"


def _reason(window: Window, side: int, unread: Sequence[int], left: int) -> str:
    tail = [row for row in unread if row > max(window.reads(window.output(side) - 1))]
    why = []
    if len(tail) < len(unread):
        spread = window.dilation > 1 and window.kernel > 1
        why.append("stride and dilation leave gaps" if spread else "the stride steps over them")
    if tail:
        why.append(f"the sizes do not divide, so the floor drops the remainder of {left}")
    return f"{'; '.join(why)}."


def _listed(indices: Sequence[int]) -> str:
    names = [str(index + 1) for index in indices]
    if len(names) > 6:
        return f"{', '.join(names[:5])} … {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
