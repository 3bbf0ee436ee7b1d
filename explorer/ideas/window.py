"""The arithmetic of one convolution or pool: how large its output is, and which cells of the map it reads.

The size is PyTorch's (``torch.nn.Conv2d``): ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1; see Dumoulin and Visin 2016,
"A guide to convolution arithmetic for deep learning". Pools have the same arithmetic.
"""

from dataclasses import dataclass

from explorer.ideas.limits import check_whole
from explorer.text.errors import Refusal

KERNEL, STRIDE, PADDING, DILATION = (1, 64), (1, 64), (0, 64), (1, 32)


@dataclass(frozen=True, slots=True)
class Window:
    """The window of a square convolution or pool.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self) -> None:
        check_whole("Kernel", self.kernel, *KERNEL)
        check_whole("Stride", self.stride, *STRIDE)
        check_whole("Padding", self.padding, *PADDING)
        check_whole("Dilation", self.dilation, *DILATION)

    @property
    def reach(self) -> int:
        """The side of the square that the kernel spans, with the gaps that its dilation leaves."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def text(self) -> str:
        """The layer as a reader types it in a chain: ``7/2 p3``."""
        more = f" p{self.padding}" if self.padding else ""
        return f"{self.kernel}/{self.stride}{more}{f' d{self.dilation}' if self.dilation > 1 else ''}"

    def output(self, side: int) -> int:
        """Returns the side of the output for a map of ``side`` x ``side``.

        Raises:
            Refusal: the kernel does not fit into the padded map.
        """
        padded = side + 2 * self.padding
        if self.reach > padded:
            gaps = f", spread over {self.reach:,}×{self.reach:,} by its dilation," if self.dilation > 1 else ""
            raise Refusal(
                f"A {self.kernel}×{self.kernel} kernel{gaps} does not fit into a {side:,}×{side:,} map padded to "
                f"{padded:,}×{padded:,}. Use a larger map, more padding or a smaller kernel."
            )
        return (padded - self.reach) // self.stride + 1

    def formula(self, side: int) -> str:
        """The side of the output with its numbers: ``⌊(224 + 2·3 − 1·(7 − 1) − 1)/2⌋ + 1 = 112``."""
        inner = f"{side:,} + 2·{self.padding} − {self.dilation}·({self.kernel} − 1) − 1"
        return f"⌊({inner})/{self.stride}⌋ + 1 = {self.output(side):,}"

    def left_over(self, side: int) -> int:
        """Returns how many rows at the end of the padded map no window reaches: the remainder of the division."""
        return (side + 2 * self.padding - self.reach) % self.stride

    def reads(self, index: int) -> tuple[int, ...]:
        """Returns the rows of the map that the output's row ``index`` reads, both from 0.

        Rows below 0, and from the map's side on, are padding.
        """
        start = index * self.stride - self.padding
        return tuple(start + step * self.dilation for step in range(self.kernel))

    def unread(self, side: int) -> tuple[int, ...]:
        """Returns the rows of the map, and so the columns, that no output reads, counted from 0."""
        read = {row for index in range(self.output(side)) for row in self.reads(index)}
        return tuple(row for row in range(side) if row not in read)
