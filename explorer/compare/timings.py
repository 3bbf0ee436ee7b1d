"""How long networks took, and a remark that compares the times with the networks' multiply-adds.

``explorer.compare.stopwatch`` measures; nothing here needs torch.
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.names import spoken
from explorer.text.quantities import counted, listed, three_digits
from explorer.text.ratios import TIMES

AGREES_WITHIN = 0.05  # relative: a shared machine measures no smaller difference


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of ``count`` repetitions: the ``median``, and with ``low`` and ``high`` the lower and upper quartile
    (half of the repetitions lie between them)."""

    median: float
    low: float
    high: float
    count: int

    def overlaps(self, other: "Spread") -> bool:
        """Whether the two ranges between the quartiles touch: then neither is surely the faster."""
        return self.low <= other.high and other.low <= self.high


def spread_of(milliseconds: Sequence[float]) -> Spread:
    """Median and quartiles of some repetitions.

    Raises:
        ValueError: there are none.
    """
    if not milliseconds:
        raise ValueError("milliseconds is empty: a spread needs at least one repetition.")
    several = list(milliseconds) if len(milliseconds) > 1 else [milliseconds[0]] * 2
    low, median, high = statistics.quantiles(several, n=4, method="inclusive")
    return Spread(median, min(low, median), max(high, median), len(milliseconds))  # in order despite rounding


@dataclass(frozen=True, slots=True)
class Timing:
    """What one network took on ``device``, for batches of ``batch_size`` images.

    ``forward`` is a pass in evaluation mode without gradients, ``training`` forward + backward in training mode without
    an optimizer's step; milliseconds for the whole batch. The peaks are bytes for the whole batch; ``peak_of`` names
    the memory that was watched. ``macs`` are one image's. A value that was not measured is None; ``note`` says why.
    """

    config: ResNetConfig
    device: str
    batch_size: int
    forward: Spread | None
    training: Spread | None
    forward_peak_bytes: int | None
    training_peak_bytes: int | None
    peak_of: str
    macs: int
    note: str

    @property
    def images_per_second(self) -> float | None:
        """Throughput of the forward pass, by its median."""
        return _a_second(self.batch_size, self.forward)

    @property
    def training_images_per_second(self) -> float | None:
        """Throughput of forward + backward, by its median."""
        return _a_second(self.batch_size, self.training)


def _a_second(count: int, taken: Spread | None) -> float | None:
    return None if taken is None else 1000 * count / taken.median


def device_words(name: str) -> str:
    """What a sentence calls a device of PyTorch's name: ``the CPU``, ``GPU 0 (cuda:0)``, ``the Apple GPU (mps)``."""
    kind, _, index = name.partition(":")
    if kind == "cuda":
        return f"GPU {index or 0} ({name})"
    return {"cpu": "the CPU", "mps": "the Apple GPU (mps)"}.get(kind, name)


def remark(timings: Sequence[Timing]) -> str:
    """Says whether multiply-adds and times agree, for each network against the first measured one.

    Ratios are of medians. The remark claims no cause: it gives what can be counted in the configurations, and says
    that nobody measured whether that is the reason.

    Raises:
        ValueError: the timings are of different devices or batch sizes and cannot be compared.
    """
    places = sorted({(timing.device, timing.batch_size) for timing in timings})
    if len(places) > 1:
        texts = [f"of {counted(batch_size, 'image')} on {device_words(device)}" for device, batch_size in places]
        raise ValueError(
            f"These times are {listed(texts)}: only times on one device with one batch size compare. Measure them "
            "again together."
        )
    named = list(zip(_labels(timings), timings, strict=True))
    measured = [(label, timing) for label, timing in named if timing.forward or timing.training]
    missing = [(label, timing.note) for label, timing in named if not (timing.forward or timing.training)]
    return " ".join([*_comparisons(measured), *_missing(missing, bool(measured))])


def _labels(timings: Sequence[Timing]) -> list[str]:
    """The networks' names, numbered where two are the same."""
    names = [spoken(timing.config) for timing in timings]
    return [
        name if names.count(name) == 1 else f"{name} (network {number})" for number, name in enumerate(names, start=1)
    ]


def _missing(missing: list[tuple[str, str]], some_measured: bool) -> Iterator[str]:
    if not some_measured:
        yield "Nothing was measured."
    for label, note in missing:
        yield f"{label} was not measured: {note}" if note else f"{label} was not measured."


def _comparisons(measured: list[tuple[str, Timing]]) -> Iterator[str]:
    if len(measured) == 1:
        yield f"Only {measured[0][0]} was measured: there is no second time to hold against its MACs."
    for label, timing in measured[1:]:
        yield from _comparison(_Pair(*measured[0], label, timing))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two measured networks, the second against the first."""

    base_label: str
    base: Timing
    label: str
    timing: Timing

    @property
    def macs(self) -> float:
        return self.timing.macs / self.base.macs

    @property
    def does(self) -> str:
        """``ResNet-50 (v1.5) does 1.12 × the MACs of ResNet-34``, or the same MACs as it."""
        macs = _times(self.timing.macs, self.base.macs, "MACs")
        return f"{self.label} does {macs} {'as' if 'same' in macs else 'of'} {self.base_label}"

    @property
    def facts(self) -> str:
        """Layers and activation bytes of both: possible causes, none of them measured."""
        arch, base = analyze(self.timing.config), analyze(self.base.config)
        layers, others = len(arch.layers), len(base.layers)
        memory = _times(arch.activation_bytes, base.activation_bytes, "activation bytes")
        if layers == others and arch.activation_bytes == base.activation_bytes:
            return f"Both run {layers:,} layers and write {memory}: why it is so was not measured."
        runs = f"as many layers as {self.base_label}" if layers == others else f"{layers:,} layers"
        instead = "" if layers == others else f" where {self.base_label} runs {others:,},"
        return f"It runs {runs}{instead} and writes {memory}; whether that is why was not measured."


def _comparison(pair: _Pair) -> Iterator[str]:
    """Compares the forward passes with the MACs, then the training steps; only these where a forward is missing."""
    forward = _both(pair.base.forward, pair.timing.forward)
    training = _both(pair.base.training, pair.timing.training)
    if forward:
        yield _against_macs(pair, *forward, "time")
        if training:
            yield _in_short(*training)
    elif training:
        yield _against_macs(pair, *training, "time forward + backward")
    else:
        yield f"{pair.label} and {pair.base_label} have no kind of pass that was measured for both."


def _both(base: Spread | None, other: Spread | None) -> tuple[Spread, Spread] | None:
    return None if base is None or other is None else (base, other)


def _against_macs(pair: _Pair, base: Spread, other: Spread, what: str) -> str:
    macs, does = pair.macs, pair.does
    agree = _agree(macs, base, other)
    if base.overlaps(other):
        expected = _times(pair.timing.macs, pair.base.macs, "time")
        verdict = "which does not contradict the MACs." if agree else f"where the MACs alone would say {expected}."
        return (
            f"{does}; no order can be told from their times, whose quartiles {_range(base)} and {_range(other)} "
            f"overlap, {verdict}" + ("" if agree else f" {pair.facts}")
        )
    time = other.median / base.median
    takes = f"takes {_times(other.median, base.median, what)} on {device_words(pair.timing.device)}"
    if agree:
        return f"{does} and {takes}: the two agree."
    yet = "and yet" if (macs - 1) * (time - 1) < 0 else "and"
    return f"{does} {yet} {takes}: {_ratio(time / macs)}{TIMES} as long for each MAC. {pair.facts}"


def _agree(macs: float, base: Spread, other: Spread) -> bool:
    """Whether the MACs' ratio is within the range of ratios that the times allow."""
    time = other.median / base.median
    return abs(time / macs - 1) <= AGREES_WITHIN or other.low / base.high <= macs <= other.high / base.low


def _in_short(base: Spread, other: Spread) -> str:
    unsure = ", where the quartiles overlap and no order can be told" if base.overlaps(other) else ""
    return f"Forward + backward it takes {_times(other.median, base.median, 'time')}{unsure}."


def _range(spread: Spread) -> str:
    return f"{three_digits(spread.low)} to {three_digits(spread.high)} ms"


def _times(value: float, base: float, what: str) -> str:
    """``1.12 × the MACs``, ``the same MACs``, ``about the same MACs`` where three digits do not tell them apart."""
    if value == base:
        return f"the same {what}"
    text = _ratio(value / base)
    return f"about the same {what}" if text == "1" else f"{text}{TIMES} the {what}"


def _ratio(value: float) -> str:
    """``1.12``, ``1,234``; below a thousandth as a fraction, ``1/2,000``."""
    if value < 0.001:
        return f"1/{1 / value:,.0f}"
    return three_digits(value)
