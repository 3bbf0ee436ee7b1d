"""Spreads against the standard library's quartiles, and a remark whose every figure is computed here once more."""

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, analyze, preset
from explorer.compare.timings import AGREES_WITHIN, Spread, Timing, device_words, remark, spread_of
from explorer.network.names import spoken
from tests.network.strategies import configs

milliseconds = st.floats(0.01, 1e5)


def timing(config: ResNetConfig, forward: Spread | None, training: Spread | None = None, note: str = "") -> Timing:
    return Timing(config, "cpu", 4, forward, training, None, None, "", analyze(config).macs, note)


def steady(median: float) -> Spread:
    """A time that hardly spreads."""
    return Spread(median, 0.999 * median, 1.001 * median, 9)


@st.composite
def spreads(draw: st.DrawFn) -> Spread:
    low, median, high = sorted((draw(milliseconds), draw(milliseconds), draw(milliseconds)))
    return Spread(median, low, high, draw(st.integers(5, 200)))


def shown(ratio: float) -> str:
    """Three digits, as the remark writes them."""
    if ratio < 0.001:
        return f"1/{1 / ratio:,.0f}"
    return f"{ratio:,.0f}" if ratio >= 999.5 else f"{ratio:.3g}"


def multiple(value: float, base: float, what: str) -> str:
    """What the remark says of a ratio, which is 1 as little as anything takes 1 × the time."""
    if value == base:
        return f"the same {what}"
    return f"about the same {what}" if shown(value / base) == "1" else f"{shown(value / base)} × the {what}"


def read(timings: Sequence[Timing]) -> str:
    """The remark with plain spaces, once every sign has been found to stay on its line."""
    text = remark(timings)
    assert " ×" not in text
    assert not re.search(r"(?<![\d.,/])1\u00a0×", text)
    return text.replace("\u00a0", " ")


# Spreads.


@given(st.lists(milliseconds, min_size=1, max_size=30))
def test_a_spread_is_in_order_and_holds_half(values: list[float]) -> None:
    found = spread_of(values)
    assert found.low <= found.median <= found.high
    assert found.count == len(values)
    assert found.median == pytest.approx(statistics.median(values))
    slack = 1 + 1e-12  # of rounding
    quarter = math.ceil((len(values) - 1) / 4)
    assert sum(value * slack < found.low for value in values) <= quarter
    assert sum(value > found.high * slack for value in values) <= quarter
    assert min(values) <= found.low * slack
    assert found.high <= max(values) * slack


def test_a_spread_by_hand() -> None:
    assert spread_of([5.0, 1.0, 4.0, 2.0, 3.0]) == Spread(3.0, 2.0, 4.0, 5)
    with pytest.raises(ValueError, match="at least one repetition"):
        spread_of([])


@given(spreads(), spreads())
def test_overlap_means_a_common_point(one: Spread, other: Spread) -> None:
    assert one.overlaps(other) == other.overlaps(one) == (max(one.low, other.low) <= min(one.high, other.high))


def test_throughput_is_of_the_batch() -> None:
    found = timing(preset("resnet50"), steady(200), steady(800))
    assert found.images_per_second == pytest.approx(20)
    assert found.training_images_per_second == pytest.approx(5)
    nothing = timing(preset("resnet50"), None)
    assert (nothing.images_per_second, nothing.training_images_per_second) == (None, None)


# The remark.


def test_a_disagreement_is_told_with_its_figures() -> None:
    slow = read([timing(preset("resnet34"), steady(100)), timing(preset("resnet50"), steady(190), steady(500))])
    assert slow == (
        "ResNet-50 (v1.5) does 1.12 × the MACs of ResNet-34 and takes 1.9 × the time on the CPU: 1.7 × as long for "
        f"each MAC. It runs {len(analyze(preset('resnet50')).layers)} layers where ResNet-34 runs "
        f"{len(analyze(preset('resnet34')).layers)}, and writes 2.98 × the activation bytes; whether that is why was "
        "not measured."
    )


def test_an_order_the_other_way_round_is_told() -> None:
    fast = read([timing(preset("resnet34"), steady(100)), timing(preset("resnet50"), steady(80))])
    assert "does 1.12 × the MACs of ResNet-34 and yet takes 0.8 × the time on the CPU" in fast


def test_an_agreement_is_told_without_reasons() -> None:
    agrees = read([timing(preset("resnet18"), steady(100)), timing(preset("resnet34"), steady(203))])
    assert agrees == "ResNet-34 does 2.02 × the MACs of ResNet-18 and takes 2.03 × the time on the CPU: the two agree."


def test_no_order_is_claimed_where_the_quartiles_overlap() -> None:
    base, other = Spread(100, 90, 110, 5), Spread(105, 95, 1234, 5)
    unsure = read([timing(preset("resnet34"), base), timing(preset("resnet50"), other)])
    assert unsure == (
        "ResNet-50 (v1.5) does 1.12 × the MACs of ResNet-34; no order can be told from their times, whose quartiles "
        "90 to 110 ms and 95 to 1,234 ms overlap, which does not contradict the MACs."
    )


@pytest.mark.slow
@given(configs(), configs(), spreads(), spreads())
def test_every_figure_of_the_remark(first: ResNetConfig, second: ResNetConfig, base: Spread, other: Spread) -> None:
    text = read([timing(first, base), timing(second, other)])
    macs, time = analyze(second).macs / analyze(first).macs, other.median / base.median
    does = multiple(analyze(second).macs, analyze(first).macs, "MACs")
    assert f"does {does} {'as' if 'same' in does else 'of'} " in text
    overlap = base.low <= other.high and other.low <= base.high
    agree = abs(time / macs - 1) <= AGREES_WITHIN or other.low / base.high <= macs <= other.high / base.low
    assert ("no order can be told" in text) == overlap
    if overlap:
        assert " takes " not in text
        assert ("does not contradict the MACs" in text) == agree
        assert (f"the MACs alone would say {does.replace('MACs', 'time')}." in text) == (not agree)
    else:
        assert f" takes {multiple(other.median, base.median, 'time')} on the CPU: " in text
        assert ("the two agree" in text) == agree
        assert (f": {shown(time / macs)} × as long for each MAC" in text) == (not agree)
        assert ("and yet takes" in text) == (not agree and (macs > 1 > time or macs < 1 < time))
    _check_facts(text, first, second, agree=agree)
    assert "because" not in text


def _check_facts(text: str, first: ResNetConfig, second: ResNetConfig, *, agree: bool) -> None:
    layers = [len(analyze(config).layers) for config in (second, first)]
    sizes = [analyze(config).activation_bytes for config in (second, first)]
    found = re.search(
        r"It runs ([\d,]+) layers where .+ runs ([\d,]+), and writes ([^;]+); whether that is why was not measured\.|"
        r"It runs as many layers as .+ and writes ([^;]+); whether that is why was not measured\.|"
        r"Both run ([\d,]+) layers and write the same activation bytes: why it is so was not measured\.",
        text,
    )
    assert bool(found) is (not agree)
    if not found:
        return
    one, other, of_unequal, of_equal, both = found.groups()
    if both:
        assert (int(both.replace(",", "")), layers[0], sizes[0]) == (layers[0], layers[1], sizes[1])
    elif of_equal:
        assert layers[0] == layers[1]
        assert sizes[0] != sizes[1]
    else:
        assert [int(one.replace(",", "")), int(other.replace(",", ""))] == layers
        assert layers[0] != layers[1]
    if not both:
        assert (of_unequal or of_equal) == multiple(*sizes, "activation bytes")


@pytest.mark.slow
@given(configs(), st.lists(st.tuples(configs(), spreads(), spreads()), min_size=1, max_size=3), spreads(), spreads())
def test_every_network_is_held_against_the_first(
    first: ResNetConfig, others: list[tuple[ResNetConfig, Spread, Spread]], forward: Spread, training: Spread
) -> None:
    timings = [timing(first, forward, training), *(timing(*other) for other in others)]
    text = read(timings)
    does = r" does (?:[\d.,e/-]+ × the MACs of|(?:about )?the same MACs as) "
    places = [match.start() for match in re.finditer(does, text)]
    assert len(places) == len(others)
    assert text.count("Forward + backward it takes ") == len(others)
    parts = [text[start:end] for start, end in pairwise([*places, len(text)])]
    for part, (_, _, other) in zip(parts, others, strict=True):
        assert f"Forward + backward it takes {multiple(other.median, training.median, 'time')}" in part
        overlap = training.low <= other.high and other.low <= training.high
        assert ("where the quartiles overlap" in part) == overlap


def test_training_speaks_where_the_forward_pass_was_not_measured() -> None:
    text = read([timing(preset("resnet34"), None, steady(100)), timing(preset("resnet50"), None, steady(190))])
    assert "takes 1.9 × the time forward + backward on the CPU" in text


def test_networks_without_a_common_pass_are_not_compared() -> None:
    text = read([timing(preset("resnet34"), steady(100)), timing(preset("resnet50"), None, steady(190))])
    assert text == "ResNet-50 (v1.5) and ResNet-34 have no kind of pass that was measured for both."


def test_equal_networks_are_told_apart() -> None:
    config = preset("resnet34")
    text = read([timing(config, steady(100)), timing(config, steady(200))])
    assert text.startswith("ResNet-34 (network 2) does the same MACs as ResNet-34 (network 1) and takes 2 × the time")


def test_nothing_measured_is_said_in_words() -> None:
    note = "It would need about 6 TiB."
    assert read([]) == "Nothing was measured."
    refused = timing(preset("resnet50"), None, note=note)
    assert read([refused]) == f"Nothing was measured. ResNet-50 (v1.5) was not measured: {note}"
    one = read([timing(preset("resnet34"), steady(1)), refused])
    assert one == (
        "Only ResNet-34 was measured: there is no second time to hold against its MACs. "
        f"ResNet-50 (v1.5) was not measured: {note}"
    )


def test_the_first_that_was_measured_is_the_measure() -> None:
    refused = timing(preset("resnet50"), None, note="No room.")
    text = read([refused, timing(preset("resnet18"), steady(100)), timing(preset("resnet34"), steady(300))])
    assert text.startswith(
        "ResNet-34 does 2.02 × the MACs of ResNet-18 and takes 3 × the time on the CPU: 1.49 × as long"
    )
    assert text.endswith(f"{spoken(preset('resnet50'))} was not measured: No room.")


def test_times_of_different_places_do_not_compare() -> None:
    one = timing(preset("resnet34"), steady(1))
    for other, places in (
        (replace(one, device="cuda:0"), "of 4 images on the CPU and of 4 images on GPU 0 (cuda:0)"),
        (replace(one, batch_size=8), "of 4 images on the CPU and of 8 images on the CPU"),
        (replace(one, batch_size=1), "of 1 image on the CPU and of 4 images on the CPU"),
    ):
        message = f"These times are {places}: only times on one device with one batch size compare."
        with pytest.raises(ValueError, match=re.escape(message)):
            remark([one, other])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cpu", "the CPU"),
        ("cuda:0", "GPU 0 (cuda:0)"),
        ("cuda:3", "GPU 3 (cuda:3)"),
        ("cuda", "GPU 0 (cuda)"),
        ("mps", "the Apple GPU (mps)"),
        ("xpu:1", "xpu:1"),
    ],
)
def test_a_device_has_a_name_for_sentences(name: str, words: str) -> None:
    assert device_words(name) == words
    pair = [replace(timing(preset("resnet34"), steady(time)), device=name) for time in (100, 200)]
    assert f"takes 2 × the time on {words}: " in read(pair)


def test_what_counts_the_same_is_not_said_to_be_once_as_much() -> None:
    """GELU runs as many layers over the same maps: nothing that can be counted says why it took longer."""
    gelu = replace(preset("resnet50"), activation="gelu")
    text = read([timing(preset("resnet50"), steady(100)), timing(gelu, steady(150), steady(1))])
    assert text == (
        "ResNet-50 (v1.5, gelu) does the same MACs as ResNet-50 (v1.5) and takes 1.5 × the time on the CPU: 1.5 × as "
        "long for each MAC. Both run 174 layers and write the same activation bytes: why it is so was not measured."
    )
    level = read([timing(preset("resnet50"), steady(100)), timing(gelu, Spread(100.3, 100.2, 100.4, 9))])
    assert level == (
        "ResNet-50 (v1.5, gelu) does the same MACs as ResNet-50 (v1.5) and takes about the same time on the CPU: the "
        "two agree."
    )
