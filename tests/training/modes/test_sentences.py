"""Every sentence is the numbers beside it: what is within chance is not told as a difference."""

from hypothesis import given

from explorer.network.arithmetic import analyze
from explorer.training.modes import sentences
from explorer.training.modes.sentences import (
    told_evaluation,
    told_mixed,
    told_narrow,
    told_norm,
    told_refusal,
    told_single,
    told_sorted,
)
from explorer.training.modes.values import (
    BatchOrder,
    BatchStatistics,
    ChannelStatistics,
    ModeComparison,
    NormStatistics,
)
from tests.training.damage.patients import SMALL
from tests.training.modes.outcomes import comparison, comparisons, norms

MEASURED = comparison({1: 194, 2: 707, 8: 865, 32: 925, 128: 925}, {1: 194, 2: 202, 8: 202, 32: 289, 128: 541})


def test_a_measured_network_is_told() -> None:
    assert told_evaluation(MEASURED, "It").startswith("In evaluation mode It gets 930 of 1,000 pictures (93.0 %) right")
    assert told_mixed(MEASURED).endswith("From 32 on, so few pictures cannot tell it from evaluation mode.")
    assert "batches of 128 get 92.5 % right, batches of 2 get 70.7 % right" in told_mixed(MEASURED)
    assert "in batches of 8: 20.2 % instead of 86.5 %" in told_sorted(MEASURED)
    assert "19.4 %" in told_single(MEASURED) and "196 values a channel" in told_single(MEASURED)
    assert "“Expected more than 1 value" in told_refusal(MEASURED) and "2 × 2" in told_refusal(MEASURED)


def test_ties_are_called_ties() -> None:
    same = comparison({2: 928, 128: 930}, {2: 925, 128: 931})
    assert told_mixed(same).endswith("No size differs from evaluation mode by more than chance.")
    assert told_sorted(same).startswith("Sorted by class the same pictures do no worse than by chance")
    assert told_mixed(comparison({2: 700, 128: 930}, {})).endswith(
        "Only batches of 128 differ from evaluation mode by no more than chance."
    )
    assert told_mixed(comparison({128: 800}, {})).endswith("differs from evaluation mode by more than chance.")


def test_what_is_refused_is_said() -> None:
    found = comparison({2: 900}, {2: 200}, refused=(1,))
    assert "refuses batches of 1 here" in told_refusal(found) and told_single(found) == ""


@given(comparisons)
def test_any_outcome_is_told_from_its_numbers(found: ModeComparison) -> None:
    mixed, by_class = (found.of(order) for order in BatchOrder)
    said = told_mixed(found)
    large = [each for each in mixed if each.size > 1]
    assert bool(said) == bool(large)
    if said.startswith("From") or ". From " in said:
        size = int(said.split(". From ")[1].split()[0])
        assert all(each.within_chance for each in large if each.size >= size)
    assert ("Even in" in said) == bool(large and not large[-1].within_chance)
    if "instead of" in told_sorted(found):
        assert any(one.right > other.right for one, other in zip(mixed, by_class, strict=True))


@given(norms())
def test_a_norm_is_told_from_its_channels(norm: NormStatistics) -> None:
    found = BatchStatistics(True, 4, (0, 1), (norm,))
    said = told_norm(found, norm, ["cat", "dog"])
    assert "layer1.0.bn1" in said and "(cat and dog)" in said and "49 values in 4 pictures" in said
    assert "nan" not in said + told_narrow(norm)


def test_a_sorted_batch_like_the_mixed_one_is_no_other_crowd() -> None:
    same = ChannelStatistics((0.0, 1.0), (1.0, 4.0))
    assert "about as near" in told_narrow(NormStatistics("bn1", 9, same, same, same))
    other, narrow = ChannelStatistics((1.0, 3.0), (1.0, 4.0)), ChannelStatistics((0.0, 1.0), (0.25, 1.0))
    assert "its mean lies elsewhere." in told_narrow(NormStatistics("bn1", 9, same, same, other))
    assert "it varies less" in told_narrow(NormStatistics("bn1", 9, same, same, narrow))


def test_the_smallest_normed_map_is_the_last_stages() -> None:
    last = analyze(SMALL["residual"]).by_name["layer2.1.bn2"].output_shape
    assert sentences.fewest_pixels(MEASURED) == last[1] * last[2] == 14 * 14
