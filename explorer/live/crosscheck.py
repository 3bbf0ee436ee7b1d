"""The arithmetic against the live network, row by row: an empty answer means that they agree everywhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.live.module_kinds import KINDS
from explorer.live.torchinfo_rows import LiveRow
from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer
from explorer.text.quantities import shape


class Mismatch(NamedTuple):
    """One thing in which the two differ. ``layer`` is "total" for a sum; the values are written for a reader."""

    layer: str
    what: str
    arithmetic: str
    live: str

    @property
    def sentence(self) -> str:
        """ "layer1.0.conv1: parameters 36,864 by the arithmetic, 36,865 in the live network"."""
        return f"{self.layer}: {self.what} {self.arithmetic} by the arithmetic, {self.live} in the live network"


def crosscheck(arch: Architecture, rows: Sequence[LiveRow], *, params: int, buffers: int) -> tuple[Mismatch, ...]:
    """Everything in which live ``rows``, and the live network's own totals, differ from the arithmetic."""
    by_name = {row.name: row for row in rows}
    pairs = [(layer, by_name[layer.name]) for layer in arch.layers if layer.name in by_name]
    return (
        *_execution(arch.layers, rows),
        *(mismatch for layer, row in pairs for mismatch in _row_differences(layer, row)),
        *_number("total", "parameters", arch.params, params),
        *_number("total", "buffers", arch.buffers, buffers),
        *_number("total", "multiply-adds", arch.macs, sum(row.macs for row in rows)),
    )


def torchinfo_mult_adds(layer: Layer) -> int:
    """What torchinfo counts as mult-adds for this layer and one image.

    It adds what this app leaves out: a convolution's bias at every output position, the classifier's bias, and 2C
    for a norm (torchinfo, layer_info.py, calculate_macs).
    """
    channels, height, width = layer.output_shape
    biases = channels if layer.bias else 0
    return layer.macs + biases * height * width + (layer.params if layer.kind is Kind.NORM else 0)


def _execution(layers: Sequence[Layer], rows: Sequence[LiveRow]) -> Iterator[Mismatch]:
    """Which layers run, how often, and in what order."""
    expected, ran = [layer.name for layer in layers], [row.name for row in rows]
    if expected == ran:
        return
    should, does = Counter(expected), Counter(ran)
    for name in dict.fromkeys(expected + ran):
        if should[name] != does[name]:
            yield Mismatch(name, "runs", _times(should[name]), _times(does[name]))
    if should == does:
        place = next(at for at, pair in enumerate(zip(expected, ran, strict=True)) if pair[0] != pair[1])
        yield Mismatch(expected[place], "runs at place", f"{place + 1:,}", f"{ran.index(expected[place]) + 1:,}")


def _row_differences(layer: Layer, row: LiveRow) -> Iterator[Mismatch]:
    kind = KINDS.get(row.class_name)
    if kind is not layer.kind:
        yield Mismatch(layer.name, "kind", layer.kind, f"{kind or 'unknown'} ({row.class_name})")
    for what, ours, live in (
        ("input shape", layer.input_shape, row.input_shape),
        ("output shape", layer.output_shape, row.output_shape),
    ):
        if ours != live:
            yield Mismatch(layer.name, what, shape(ours), shape(live))
    yield from _number(layer.name, "parameters", layer.params, row.params)
    yield from _number(layer.name, "multiply-adds", layer.macs, row.macs)
    yield from _number(layer.name, "torchinfo's mult-adds", torchinfo_mult_adds(layer), row.mult_adds)


def _number(layer: str, what: str, ours: int, live: int) -> Iterator[Mismatch]:
    if ours != live:
        yield Mismatch(layer, what, f"{ours:,}", f"{live:,}")


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")
