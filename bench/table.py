"""The full layer table of ResNet-152 from its configuration, against building the network and reading it."""

import statistics
from collections.abc import Callable, Iterator
from operator import attrgetter

import torchinfo
import torchvision

from bench.result import Result, interleaved, seconds
from explorer import ResNetConfig, analyze, preset
from explorer.network.layer import Layer
from explorer.network.layer_table import layer_frame

GOAL, GOAL_WITH_RECEIPTS = 200.0, 100.0
# Every number of a layer and the receipt of every number: more than the page shows at once.
COLUMNS = (
    *("name", "kind", "stage", "block", "role", "unit", "input_shape", "output_shape", "kernel", "stride", "padding"),
    *("params", "buffers", "macs", "activation_bytes", "receptive_field", "jump"),
    *("formula", "macs_formula", "size_formula", "channels_formula", "field_formula", "bytes_formula"),
)
_CELLS = attrgetter(*COLUMNS)


def rows(config: ResNetConfig) -> list[dict[str, object]]:
    """The table of a configuration: a dictionary for each layer, with its share of the totals."""
    architecture = analyze.__wrapped__(config)  # past the cache: the work itself is what is measured
    return [_row(layer, architecture.params, architecture.macs) for layer in architecture.layers]


def _row(layer: Layer, params: int, macs: int) -> dict[str, object]:
    row: dict[str, object] = dict(zip(COLUMNS, _CELLS(layer), strict=True))
    row["params_share"], row["macs_share"] = layer.params / params, layer.macs / macs
    return row


def shown(config: ResNetConfig) -> object:
    """The table as the page shows it: what stands between choosing a network and reading it."""
    return layer_frame.__wrapped__(analyze.__wrapped__(config))


def live_rows() -> list[object]:
    """What there was before: torchvision's constructor, then torchinfo's summary of a forward pass on the CPU."""
    model = torchvision.models.resnet152()
    columns = ("input_size", "output_size", "num_params", "kernel_size", "mult_adds")
    summary = torchinfo.summary(
        model, (1, 3, 224, 224), device="cpu", mode="eval", verbose=0, col_names=columns, cache_forward_pass=False
    )
    text = str(summary)
    torchinfo.torchinfo.clear_cached_forward_pass()
    return [text, *summary.summary_list]


def run(repeats: int = 9) -> Iterator[Result]:
    """Measure in turn; each figure is a median of ``repeats``."""
    config = preset("resnet152")
    count = len(analyze(config).layers)
    what = f"{count} layers as the page shows them"
    yield _compare("layer table of ResNet-152", what, lambda: shown(config), GOAL, repeats)
    what = f"{count} layers, 6 formulas each"
    yield _compare("the same with every receipt", what, lambda: rows(config), GOAL_WITH_RECEIPTS, repeats)


def _compare(name: str, what: str, work: Callable[[], object], goal: float, repeats: int) -> Result:
    def few() -> float:
        # A few milliseconds weigh little beside a second: one hiccup of the machine must not decide the ratio.
        return statistics.median(seconds(work) for _ in range(5))

    ours, theirs = interleaved(few, lambda: seconds(live_rows), repeats=repeats)
    return Result(
        name=name,
        measured=theirs / ours,
        goal=goal,
        unit="x faster",
        at_least=True,
        ours=f"{what}, {ours * 1e3:.1f} ms",
        theirs=f"torchvision's constructor + torchinfo on the CPU, {theirs * 1e3:.0f} ms",
    )
