"""A falsified arithmetic is caught, and named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from explorer import analyze, build, inspect_live
from explorer.live import inspect
from explorer.live.inspect import summary
from explorer.network.architecture import Architecture
from explorer.network.layer import Kind, Layer
from tests.live.reports import SMALL


def falsified(arch: Architecture, which: str, /, **changes: object) -> Architecture:
    layers = tuple(layer._replace(**changes) if layer.name == which else layer for layer in arch.layers)
    return Architecture(arch.config, layers)


@pytest.mark.parametrize(
    ("layer", "changes", "what", "values"),
    [
        ("layer1.0.conv2", {"params": 2305}, "parameters", ("2,305", "2,304")),
        ("layer2.0.conv1", {"macs": 1}, "multiply-adds", ("1", "294,912")),
        ("layer3.0.add", {"output_shape": (64, 4, 5)}, "output shape", ("64×4×5", "64×4×4")),
        ("layer3.0.bn1", {"input_shape": (1, 1, 1)}, "input shape", ("1×1×1", "64×4×4")),
        ("act1", {"kind": Kind.POOL}, "kind", ("pool", "activation (ReLU)")),
        ("fc", {"bias": False}, "torchinfo's mult-adds", ("640", "650")),
        ("layer2.0.downsample.0", {"name": "layer2.0.shortcut"}, "runs", ("never", "once")),
    ],
)
def test_a_false_layer_is_named(
    layer: str, changes: dict[str, object], what: str, values: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: falsified(analyze(config), layer, **changes))
    report = inspect_live(SMALL)
    assert not report.agrees
    mismatch = next(mismatch for mismatch in report.mismatches if (mismatch.layer, mismatch.what) == (layer, what))
    assert (mismatch.arithmetic, mismatch.live) == values
    assert {mismatch.layer for mismatch in report.mismatches} <= {layer, changes.get("name"), "total"}
    assert mismatch.sentence == f"{layer}: {what} {values[0]} by the arithmetic, {values[1]} in the live network"
    assert "disagrees with the arithmetic in " in summary(report)


Rewrite = Callable[[tuple[Layer, ...]], tuple[Layer, ...]]


@pytest.mark.parametrize(
    ("rewrite", "sentence"),
    [
        (lambda layers: layers[1:], "conv1: runs never by the arithmetic, once in the live network"),
        (lambda layers: (*layers, layers[-1]), "fc: runs 2 times by the arithmetic, once in the live network"),
        (lambda layers: (layers[1], layers[0], *layers[2:]), "bn1: runs at place 1 by the arithmetic, 2 in the live"),
    ],
)
def test_a_false_order_is_named(rewrite: Rewrite, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: Architecture(config, rewrite(analyze(config).layers)))
    report = inspect_live(SMALL)
    assert report.mismatches[0].sentence.startswith(sentence)


def test_false_totals_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "analyze", lambda config: falsified(analyze(config), "bn1", buffers=0))
    assert [mismatch.sentence for mismatch in inspect_live(SMALL).mismatches] == [
        "total: buffers 454 by the arithmetic, 487 in the live network"
    ]


def test_a_network_that_is_not_its_arithmetics_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way round: the live side is wrong."""
    monkeypatch.setattr(
        inspect, "build", lambda config, device, seed: build(replace(config, shortcut="B"), device, seed)
    )
    names = {mismatch.layer for mismatch in inspect_live(SMALL).mismatches}
    assert names == {f"layer{stage}.0.downsample.{slot}" for stage in (2, 3) for slot in (0, 1)} | {"total"}
