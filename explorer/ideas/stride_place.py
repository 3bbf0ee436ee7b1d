"""Where does the stride go in a bottleneck: on the first 1x1 (v1: He et al. 2015, Keras) or on the 3x3 (v1.5:
torchvision, NVIDIA)?

The lesson shows which places of the input still reach the output, and what each choice costs. ``measure.stride_place``
measures it with gradients of the real block.
"""

import math
from dataclasses import dataclass

from explorer.ideas.limits import Matrix, check_whole
from explorer.network.options import StrideIn
from explorer.text.quantities import counted, human

SIDE, STRIDE, CHANNELS = (2, 32), (1, 4), (4, 64)


@dataclass(frozen=True, slots=True)
class StrideSetting:
    """A bottleneck with a stride: the side of its input, the stride, and ``width`` channels in the middle.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    side: int = 8
    stride: int = 2
    width: int = 16

    def __post_init__(self) -> None:
        check_whole("Side of the map", self.side, *SIDE)
        check_whole("Stride", self.stride, *STRIDE)
        check_whole("Channels in the middle", self.width, *CHANNELS)


@dataclass(frozen=True, slots=True)
class StridePlace:
    """A block with the stride at one place.

    ``branch`` and ``whole`` hold, for each place of the input, the size of the gradient of all outputs: through the
    branch alone, and with the shortcut. It is zero where nothing gets through. ``macs`` are the branch's multiply-adds
    for one image.
    """

    stride_in: StrideIn
    branch: Matrix
    whole: Matrix
    macs: int

    @property
    def label(self) -> str:
        """What people call this place."""
        return "v1: stride on the first 1×1" if self.stride_in is StrideIn.CONV1X1 else "v1.5: stride on the 3×3"

    def reached(self, values: Matrix) -> int:
        """Counts the places that reach the output."""
        return sum(value > 0 for row in values for value in row)


@dataclass(frozen=True, slots=True)
class StrideRun:
    """The blocks with the stride on the first 1x1 and on the 3x3, on the same input."""

    setting: StrideSetting
    first: StridePlace
    second: StridePlace


def sentence(run: StrideRun) -> str:
    """Says how much of the input each block sees, and what it costs."""
    total = run.setting.side**2
    counts = [place.reached(place.branch) for place in (run.first, run.second)]
    seen = [f"{count} of {counted(total, 'place')}" if count < total else f"all {total} places" for count in counts]
    if counts[0] == counts[1]:
        start = f"Both branches see {seen[0]} of the input"
    else:
        start = f"With the stride on the first 1×1 the branch sees {seen[0]} of the input, on the 3×3 {seen[1]}"
    times = run.second.macs / run.first.macs
    price = (
        f"both take {human(run.first.macs)} MACs"
        if run.first.macs == run.second.macs
        else f"{human(run.first.macs)} MACs against {human(run.second.macs)}, {times:.2f} times as many"
    )
    return f"{start}; {price}. {_projection_words(run, counts)}"


def _projection_words(run: StrideRun, counts: list[int]) -> str:
    """Says what the projection sees that the branch does not."""
    setting = run.setting
    if setting.stride == 1:
        return "Without a stride it makes no difference where it would go."
    strided = math.ceil(setting.side / setting.stride) ** 2
    alone = f"The projection beside it sees {counted(strided, 'place')}"
    if run.second.reached(run.second.whole) == counts[1]:
        return f"{alone}, none that the v1.5 branch does not see. torchvision takes v1.5, the paper v1."
    return f"{alone}, some of them new to the branch. torchvision takes v1.5, the paper v1."
