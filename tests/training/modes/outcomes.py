"""Outcomes of both modes by hypothesis, and some by hand."""

from hypothesis import strategies as st

from explorer.training.modes.values import (
    BatchOrder,
    BatchOutcome,
    ChannelStatistics,
    ModeComparison,
    NormStatistics,
    PyTorchRefusal,
)
from tests.training.damage.patients import SMALL

REFUSAL = PyTorchRefusal(2, "Expected more than 1 value per channel when training")
RIGHT = 930


def outcome(order: BatchOrder, size: int, right: int, noise: int = 0, *, whole: int = RIGHT) -> BatchOutcome:
    """``right`` pictures instead of ``whole``; ``noise`` more are lost and as many mended."""
    return BatchOutcome(order, size, right, max(whole - right, 0) + noise, max(right - whole, 0) + noise)


def comparison(mixed: dict[int, int], by_class: dict[int, int], refused: tuple[int, ...] = ()) -> ModeComparison:
    """Of 1,000 pictures, ``RIGHT`` of them right in evaluation mode; right ones by the size of batches."""
    batches = [outcome(BatchOrder.MIXED, *each, 5) for each in mixed.items()]
    batches += [outcome(BatchOrder.SORTED, *each, 5) for each in by_class.items()]
    return ModeComparison(SMALL["residual"], 1000, RIGHT, tuple(batches), REFUSAL, refused)


_SIZES = st.lists(st.sampled_from([1, 2, 8, 128]), min_size=1, unique=True)
_RIGHTS = st.lists(st.integers(0, 1000), min_size=4, max_size=4)
comparisons = st.builds(
    lambda sizes, mixed, by_class: comparison(
        dict(zip(sizes, mixed, strict=False)), dict(zip(sizes, by_class, strict=False))
    ),
    _SIZES,
    _RIGHTS,
    _RIGHTS,
)


@st.composite
def norms(draw: st.DrawFn) -> NormStatistics:
    count = draw(st.integers(1, 5))

    def channels() -> ChannelStatistics:
        means = draw(st.lists(st.floats(-5, 5), min_size=count, max_size=count))
        return ChannelStatistics(tuple(means), tuple(draw(st.lists(st.floats(0, 9), min_size=count, max_size=count))))

    return NormStatistics("layer1.0.bn1", 49, channels(), channels(), channels())
