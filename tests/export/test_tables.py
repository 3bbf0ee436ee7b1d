"""The layer table as CSV and JSON."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.export.tables import to_csv, to_json
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.presets import PRESETS, preset
from tests.network.strategies import configs

CONFIGS = st.one_of(configs(), st.sampled_from([PRESETS[name] for name in ("resnet18", "resnet50d", "keller_a")]))
COLUMNS = [
    "name",
    "kind",
    "stage",
    "block",
    "role",
    "on_shortcut",
    "input_channels",
    "input_height",
    "input_width",
    "output_channels",
    "output_height",
    "output_width",
    "kernel",
    "stride",
    "padding",
    "params",
    "params_share",
    "buffers",
    "macs",
    "macs_share",
    "receptive_field",
    "jump",
    "activation_bytes",
    "params_formula",
    "macs_formula",
    "size_formula",
    "channels_formula",
    "receptive_field_formula",
    "activation_bytes_formula",
]


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.slow
@given(CONFIGS)
def test_csv_rows_are_the_layers_and_sum_to_the_totals(config: ResNetConfig) -> None:
    arch = analyze(config)
    rows = read(to_csv(arch))
    assert [row["name"] for row in rows] == [layer.name for layer in arch.layers]
    for column in ("params", "buffers", "macs", "activation_bytes"):
        assert sum(int(row[column]) for row in rows) == getattr(arch, column)
    for column in ("params_share", "macs_share"):
        assert sum(float(row[column]) for row in rows) == pytest.approx(1)


@pytest.mark.slow
@given(CONFIGS)
def test_csv_cells_are_safe_in_a_spreadsheet(config: ResNetConfig) -> None:
    cells = [cell for row in csv.reader(io.StringIO(to_csv(analyze(config)))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_csv_of_a_known_network() -> None:
    text = to_csv(analyze(preset("resnet50")))
    assert text.splitlines()[0].split(",") == COLUMNS
    assert text.count("\r\n") == text.count("\n") == len(read(text)) + 1
    rows = {row["name"]: row for row in read(text)}
    expected = {
        "kind": "conv",
        "stage": "layer2",
        "block": "0",
        "role": "3x3",
        "on_shortcut": "False",
        "input_channels": "128",
        "input_height": "56",
        "input_width": "56",
        "output_channels": "128",
        "output_height": "28",
        "output_width": "28",
        "kernel": "3",
        "stride": "2",
        "padding": "1",
        "params": "147456",
        "buffers": "0",
        "macs": "115605504",
        "activation_bytes": "401408",
        "params_formula": "3·3·128·128 = 147,456",
        "macs_formula": "3·3·128·128 · 28·28 = 115,605,504",
        "size_formula": "⌊(56 + 2·1 − 3)/2⌋ + 1 = 28",
    }
    assert expected.items() <= rows["layer2.0.conv2"].items()
    assert float(rows["layer2.0.conv2"]["params_share"]) == 147_456 / 25_557_032
    assert rows["layer2.0.downsample.0"]["on_shortcut"] == "True"
    assert rows["conv1"]["block"] == ""


@pytest.mark.slow
@given(CONFIGS)
def test_json_gives_the_configuration_back(config: ResNetConfig) -> None:
    document = json.loads(to_json(analyze(config)))
    assert document["format"] == 1
    assert list(document["configuration"]) == [field.name for field in fields(ResNetConfig)]
    assert ResNetConfig(**document["configuration"]) == config
    assert document["url"] == to_url(config)
    assert from_url(document["url"]) == config
    assert document["name"] == name_of(config)


@pytest.mark.slow
@given(CONFIGS)
def test_json_layers_are_the_layers_and_sum_to_the_totals(config: ResNetConfig) -> None:
    arch = analyze(config)
    document = json.loads(to_json(arch))
    layers, totals = document["layers"], document["totals"]
    assert totals == {name: getattr(arch, name) for name in totals}
    assert totals.keys() == {"params", "buffers", "macs", "depth", "activation_bytes", "receptive_field"}
    for name in ("params", "buffers", "macs", "activation_bytes"):
        assert sum(layer[name] for layer in layers) == totals[name]
    for record, layer in zip(layers, arch.layers, strict=True):
        assert record["name"] == layer.name
        assert record["input_shape"] == list(layer.input_shape)
        assert record["output_shape"] == list(layer.output_shape)
        assert record["formulas"]["params"] == layer.formula


def test_csv_and_json_say_the_same() -> None:
    arch = analyze(preset("resnet18"))
    for row, record in zip(read(to_csv(arch)), json.loads(to_json(arch))["layers"], strict=True):
        for name, value in record.items():
            if name in row:
                assert row[name] == ("" if value is None else str(value))
        for name, formula in record["formulas"].items():
            assert row[f"{name}_formula"] == formula


@pytest.mark.slow
def test_exports_answer_without_torch() -> None:
    code = "import sys, explorer.export.tables; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
