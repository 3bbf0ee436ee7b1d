"""The bottleneck step by step: shapes, weights and MACs of its three convolutions against two 3x3 at full width.

He et al. 2015, figure 5. The stride is on the first of the two 3x3 and on the bottleneck's 3x3 (v1.5). Weights are
counted without biases, MACs as multiply-adds for one image.
"""

from dataclasses import dataclass

from explorer.compare.bottleneck import break_even_ratio
from explorer.compare.budget import Measure
from explorer.ideas.limits import check_whole
from explorer.network.layer import Role
from explorer.text.errors import Refusal
from explorer.text.quantities import human
from explorer.text.ratios import times

SIDE, CHANNELS, RATIO, STRIDE = (1, 1024), (1, 4096), (1, 64), (1, 4)


@dataclass(frozen=True, slots=True)
class BottleneckSetting:
    """An input ``channels`` x ``side`` x ``side``, the reduction ``ratio`` of the bottleneck, and the ``stride``.

    Raises:
        Refusal: a value outside what is allowed, or channels that the ratio does not divide; the message quotes it.
    """

    side: int = 320
    channels: int = 256
    ratio: int = 4
    stride: int = 2

    def __post_init__(self) -> None:
        check_whole("Side of the input", self.side, *SIDE)
        check_whole("Channels", self.channels, *CHANNELS)
        check_whole("Reduction ratio", self.ratio, *RATIO)
        check_whole("Stride", self.stride, *STRIDE)
        if self.channels % self.ratio:
            raise Refusal(
                f"{self.channels:,} channels cannot shrink by {self.ratio}: the middle would have "
                f"{self.channels / self.ratio:,.2f} channels. Choose a ratio that divides {self.channels:,}."
            )

    @property
    def middle(self) -> int:
        """Channels of the bottleneck's 3x3."""
        return self.channels // self.ratio

    @property
    def small(self) -> int:
        """Side of the output: a 3x3 with padding 1 makes ⌈side/stride⌉."""
        return -(-self.side // self.stride)


@dataclass(frozen=True, slots=True)
class ConvStep:
    """A square convolution with padding ⌊kernel/2⌋. ``before`` and ``after`` are the sides of its input and output."""

    role: Role
    kernel: int
    inputs: int
    outputs: int
    stride: int
    before: int
    after: int

    @property
    def name(self) -> str:
        """Kernel, output channels and stride: ``3×3, 64, /2``."""
        return f"{self.kernel}×{self.kernel}, {self.outputs:,}{f', /{self.stride}' if self.stride > 1 else ''}"

    @property
    def weights(self) -> int:
        """Learned values, without a bias."""
        return self.kernel**2 * self.inputs * self.outputs

    @property
    def macs(self) -> int:
        """Multiply-adds for one image."""
        return self.weights * self.after**2

    @property
    def weights_formula(self) -> str:
        """``1·1·256·64 = 16,384``."""
        return f"{self.kernel}·{self.kernel}·{self.inputs:,}·{self.outputs:,} = {self.weights:,}"

    @property
    def macs_formula(self) -> str:
        """``16,384 · 320·320 = 1,677,721,600``."""
        return f"{self.weights:,} · {self.after:,}·{self.after:,} = {self.macs:,}"

    @property
    def shape_formula(self) -> str:
        """``⌊(320 + 2·1 − 3)/2⌋ + 1 = 160``."""
        return f"⌊({self.before:,} + 2·{self.kernel // 2} − {self.kernel})/{self.stride}⌋ + 1 = {self.after:,}"

    def amount(self, measure: Measure) -> int:
        """Its MACs, or its weights."""
        return self.macs if measure is Measure.MACS else self.weights


@dataclass(frozen=True, slots=True)
class BottleneckSteps:
    """The convolutions of both blocks in order. ``basic`` are the two 3x3."""

    setting: BottleneckSetting
    bottleneck: tuple[ConvStep, ...]
    basic: tuple[ConvStep, ...]

    def totals(self, measure: Measure) -> tuple[int, int]:
        """MACs or weights of the bottleneck and of the two 3x3."""
        bottleneck, basic = (sum(conv.amount(measure) for conv in convs) for convs in (self.bottleneck, self.basic))
        return bottleneck, basic


def bottleneck_convs(setting: BottleneckSetting) -> BottleneckSteps:
    """Returns the convolutions of both blocks, with their shapes."""
    wide, thin, large, small = setting.channels, setting.middle, setting.side, setting.small
    return BottleneckSteps(
        setting,
        (
            ConvStep(Role.REDUCE, 1, wide, thin, 1, large, large),
            ConvStep(Role.CONV3X3, 3, thin, thin, setting.stride, large, small),
            ConvStep(Role.EXPAND, 1, thin, wide, 1, small, small),
        ),
        (
            ConvStep(Role.CONV3X3, 3, wide, wide, setting.stride, large, small),
            ConvStep(Role.CONV3X3, 3, wide, wide, 1, small, small),
        ),
    )


def break_even_reduction(setting: BottleneckSetting, measure: Measure) -> float:
    """Returns the reduction ratio from which on the bottleneck is the cheaper block.

    With a stride the first 1x1 still runs on the large map, which makes the bottleneck dearer in MACs.
    """
    return break_even_ratio((setting.side / setting.small) ** 2 if measure is Measure.MACS else 1.0)


def sentence(found: BottleneckSteps) -> str:
    """Says how much the bottleneck saves, and from which reduction on it saves anything."""
    setting = found.setting
    weights, macs = (_comparison(*found.totals(measure), measure) for measure in (Measure.PARAMS, Measure.MACS))
    shape = f"{setting.channels:,}×{setting.small:,}×{setting.small:,}"
    ends = [f"{break_even_reduction(setting, measure):.3g}" for measure in (Measure.PARAMS, Measure.MACS)]
    return (
        f"Both blocks make {shape} of the input. The bottleneck with {setting.middle:,} channels in the middle has "
        f"{weights} and {macs}. It is the cheaper one from a reduction of {ends[0]} on in weights, of {ends[1]} on in "
        "MACs."
    )


def _comparison(ours: int, theirs: int, measure: Measure) -> str:
    noun = "MACs" if measure is Measure.MACS else "weights"
    said = f"{human(ours)} {noun}"
    if ours == theirs:
        return f"{said}, as many as two 3×3"
    factor, word = (times(theirs, ours), "fewer") if ours < theirs else (times(ours, theirs), "more")
    return f"{said}, {factor} times {word} than two 3×3 ({human(theirs)})"
