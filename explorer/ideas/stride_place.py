"""Where does the stride go? On the first 1x1 of a bottleneck (v1: He et al. 2015, Keras) or on its 3x3 (v1.5:
torchvision, NVIDIA): which places of the input can still reach the output, and what each costs.

``explorer.ideas.measure.stride_place`` measures with gradients of the real block.
"""

import math
from dataclasses import dataclass

from explorer.ideas.limits import Matrix, whole
from explorer.network.options import StrideIn
from explorer.text.quantities import counted, human

SIDE, STRIDE, CHANNELS = (2, 32), (1, 4), (4, 64)


@dataclass(frozen=True, slots=True)
class StrideSetting:
    """A bottleneck that changes the resolution: input ``side`` x ``side``, its ``stride``, and the channels of its
    narrow middle.

    Raises:
        Refusal: a value outside what is allowed; the message quotes it.
    """

    side: int = 8
    stride: int = 2
    width: int = 16

    def __post_init__(self) -> None:
        whole("Side of the map", self.side, *SIDE)
        whole("Stride", self.stride, *STRIDE)
        whole("Channels in the middle", self.width, *CHANNELS)


@dataclass(frozen=True, slots=True)
class Place:
    """One of both blocks: ``branch`` and ``whole`` tell for each place of the input how large the gradient of all
    outputs is there, through the branch alone and with the shortcut; zero where nothing gets through.

    ``macs`` are the branch's multiply-adds for one picture.
    """

    stride_in: StrideIn
    branch: Matrix
    whole: Matrix
    macs: int

    @property
    def label(self) -> str:
        """What people call it."""
        return "v1: stride on the first 1×1" if self.stride_in is StrideIn.CONV1X1 else "v1.5: stride on the 3×3"

    def reached(self, values: Matrix) -> int:
        """Places that reach the output."""
        return sum(value > 0 for row in values for value in row)


@dataclass(frozen=True, slots=True)
class StrideRun:
    """Both blocks on the same input."""

    setting: StrideSetting
    first: Place
    second: Place


def sentence(run: StrideRun) -> str:
    """How much of the input each block can still see, and what it costs."""
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
    return f"{start}; {price}. {_shortcut(run, counts)}"


def _shortcut(run: StrideRun, counts: list[int]) -> str:
    """What the projection adds to what is seen."""
    setting = run.setting
    if setting.stride == 1:
        return "Without a stride it makes no difference where it would go."
    strided = math.ceil(setting.side / setting.stride) ** 2
    alone = f"The projection beside it sees {counted(strided, 'place')}"
    if run.second.reached(run.second.whole) == counts[1]:
        return f"{alone}, none that the v1.5 branch does not see. torchvision takes v1.5, the paper v1."
    return f"{alone}, some of them new to the branch. torchvision takes v1.5, the paper v1."
