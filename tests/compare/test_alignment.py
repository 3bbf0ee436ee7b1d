"""Two networks side by side: every layer of either in exactly one row, and rows that a class would match as well."""

import csv
import io
import re
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.compare.alignment import AlignedRow, Side, align, alignment_csv, columns
from explorer.compare.budget import Measure, likeness
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.names import name_of
from explorer.network.options import Block
from explorer.network.presets import preset
from explorer.network.unit_description import unit_words
from tests.network.kinds import KINDS
from tests.network.strategies import configs

PAIRS = list(combinations_with_replacement(KINDS, 2))  # each is read from both sides
NUMBERS = ("params", "macs", "activation_bytes")


@cache
def arch_of(name: str) -> Architecture:
    return analyze(preset(name))


def rows_of(first: str, second: str) -> tuple[AlignedRow, ...]:
    return align(arch_of(first), arch_of(second))


@pytest.mark.slow
def test_every_pair_of_presets_is_accounted_for() -> None:
    for first, second in PAIRS:
        _check_rows(arch_of(first), arch_of(second))
        _check_other_side(arch_of(first), arch_of(second))


@pytest.mark.slow
@settings(max_examples=150)
@given(configs(small=False), configs(small=False))
def test_any_pair_is_accounted_for(one: ResNetConfig, other: ResNetConfig) -> None:
    _check_rows(analyze(one), analyze(other))


def _check_rows(first: Architecture, second: Architecture) -> None:
    rows = align(first, second)
    for arch, sides, units in (
        (first, [row.first for row in rows], [unit for row in rows for unit in row.first_units]),
        (second, [row.second for row in rows], [unit for row in rows for unit in row.second_units]),
    ):
        assert tuple(units) == arch.units  # each exactly once, in forward order
        for number in NUMBERS:
            assert sum(getattr(side, number) for side in sides) == getattr(arch, number)
        for side in sides:
            _check_side(arch, side)
    for row in rows:
        _check_row(row, first, second)
    for above, below in pairwise(rows):
        assert not (above.equal and below.equal)  # however many equal units follow each other, they are one row
        assert above.stage != below.stage or _kind_of(above, first, second) != _kind_of(below, first, second)


def _check_side(arch: Architecture, side: Side) -> None:
    """The numbers are the units' own, and the words fit each of them or say that they are different."""
    layers = [layer for unit in side.units for layer in arch.unit_layers(unit)]
    for number in NUMBERS:
        assert getattr(side, number) == sum(getattr(layer, number) for layer in layers)
    assert bool(side.label) == bool(side.layers) == bool(side.output) == bool(side.units)
    if len({likeness(arch.unit_layers(unit)) for unit in side.units}) > 1:
        assert side.layers == "alike"
        assert side.label == f"{side.units[0]} to {side.units[-1]}: {len(side.units):,} units alike"
    else:
        assert {unit_words(arch.unit_layers(unit)) for unit in side.units} == ({side.layers} if side.units else set())
        assert "alike" not in side.label
    if side.units:
        assert side.output == "×".join(f"{number:,}" for number in arch.unit_layers(side.units[-1])[-1].output_shape)


def _check_row(row: AlignedRow, first: Architecture, second: Architecture) -> None:
    assert row.count == max(len(row.first_units), len(row.second_units)) > 0
    assert {len(row.first_units), len(row.second_units)} <= {0, row.count}
    assert [row.delta(measure) for measure in Measure] == [
        getattr(row.second, number) - getattr(row.first, number) for number in NUMBERS
    ]
    if row.count == len(row.first_units) == len(row.second_units):
        stages_met = [unit.partition(".")[0] for unit in row.first_units]
        assert stages_met[0] == row.stage
        assert row.equal or set(stages_met) == {row.stage}  # only what is equal folds across stages
        ends = [_heading(stages_met[0]), _heading(stages_met[-1])]
        assert row.stage_words == (ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1].lower()}")
        assert row.first_units == row.second_units  # blocks meet by index, so names are the same
        likenesses = [
            (likeness(first.unit_layers(unit)), likeness(second.unit_layers(unit))) for unit in row.first_units
        ]
        assert {one == other for one, other in likenesses} == {row.equal}
    else:
        assert not row.equal
        assert row.stage_words == _heading(row.stage)
    if row.equal:
        assert row.first == row.second
    if row.first.layers != row.second.layers:
        assert not row.equal


def _heading(stage: str) -> str:
    return stage.capitalize() if stage in ("stem", "head") else f"Stage {stage.removeprefix('layer')}"


def _kind_of(row: AlignedRow, first: Architecture, second: Architecture) -> tuple[object, object]:
    return (
        likeness(first.unit_layers(row.first_units[0])) if row.first_units else None,
        likeness(second.unit_layers(row.second_units[0])) if row.second_units else None,
    )


@pytest.mark.slow
@settings(max_examples=150)
@given(configs(), configs())
def test_the_table_reads_the_same_from_the_other_side(one: ResNetConfig, other: ResNetConfig) -> None:
    _check_other_side(analyze(one), analyze(other))


def _check_other_side(first: Architecture, second: Architecture) -> None:
    mirrored = tuple(replace(row, first=row.second, second=row.first) for row in align(first, second))
    assert mirrored == align(second, first)


@given(configs())
def test_a_network_differs_in_nothing_from_itself(config: ResNetConfig) -> None:
    arch = analyze(config)
    (row,) = align(arch, arch)
    assert row.equal
    assert not any(row.delta(measure) for measure in Measure)
    assert (row.count, row.stage_words) == (len(arch.units), "Stem to head")


def test_resnet_34_against_50_reads_as_the_papers_table_1() -> None:
    rows = rows_of("resnet34", "resnet50")
    assert [(row.first.label, row.second.label, row.count, row.equal, row.delta(Measure.PARAMS)) for row in rows] == [
        ("stem", "stem", 1, True, 0),
        # 64·64 + 9·64·64 + 64·256 + 64·256 + 2·(64 + 64 + 256 + 256) = 75,008 against 2·(9·64·64 + 2·64) = 73,984
        ("layer1.0", "layer1.0", 1, False, 1_024),
        # 256·64 + 9·64·64 + 64·256 + 2·(64 + 64 + 256) = 70,400 against 73,984, twice
        ("layer1.1 to layer1.2", "layer1.1 to layer1.2", 2, False, -7_168),
        ("layer2.0", "layer2.0", 1, False, 149_248),
        ("layer2.1 to layer2.3", "layer2.1 to layer2.3", 3, False, -46_080),
        ("layer3.0", "layer3.0", 1, False, 593_408),
        ("layer3.1 to layer3.5", "layer3.1 to layer3.5", 5, False, -317_440),
        ("layer4.0", "layer4.0", 1, False, 2_366_464),
        ("layer4.1 to layer4.2", "layer4.1 to layer4.2", 2, False, -516_096),
        ("head", "head", 1, False, 1_536_000),
    ]
    described = {row.second.label: (row.first.layers, row.second.layers) for row in rows}
    assert described["stem"] == ("7×7 64 /2, 3×3 max pool /2",) * 2
    assert described["layer1.0"] == ("3×3 64, 3×3 64", "1×1 64, 3×3 64, 1×1 256, projection")
    assert described["layer2.0"] == ("3×3 128 /2, 3×3 128, projection", "1×1 128, 3×3 128 /2, 1×1 512, projection")
    assert described["head"] == ("global average pool, linear 1,000",) * 2
    assert rows[7].second.output == "2,048×7×7"


def test_what_only_one_network_has_stands_alone() -> None:
    rows = rows_of("resnet20", "resnet50")
    alone = [(row.first.label, row.second.label) for row in rows if not (row.first_units and row.second_units)]
    assert alone == [
        ("", "layer2.3"),
        ("", "layer3.3 to layer3.5"),
        ("", "layer4.0"),
        ("", "layer4.1 to layer4.2"),
    ]
    lonely = next(row for row in rows if row.second.label == "layer2.3")
    assert (lonely.first, lonely.delta(Measure.PARAMS), lonely.stage) == (Side(), lonely.second.params, "layer2")


def test_v1_differs_from_v15_only_where_a_stage_strides() -> None:
    rows = rows_of("resnet50", "resnet50_v1")
    assert [(row.second.label, row.stage_words, row.second.layers, row.count, row.equal) for row in rows] == [
        ("stem to layer1.2: 4 units alike", "Stem to stage 1", "alike", 4, True),
        ("layer2.0", "Stage 2", "1×1 128 /2, 3×3 128, 1×1 512, projection", 1, False),
        ("layer2.1 to layer2.3", "Stage 2", "1×1 128, 3×3 128, 1×1 512", 3, True),
        ("layer3.0", "Stage 3", "1×1 256 /2, 3×3 256, 1×1 1,024, projection", 1, False),
        ("layer3.1 to layer3.5", "Stage 3", "1×1 256, 3×3 256, 1×1 1,024", 5, True),
        ("layer4.0", "Stage 4", "1×1 512 /2, 3×3 512, 1×1 2,048, projection", 1, False),
        ("layer4.1 to head: 3 units alike", "Stage 4 to head", "alike", 3, True),
    ]
    assert rows[0].first.params == 9_408 + 128 + 75_008 + 2 * 70_400  # the stem, layer1.0, and layer1.1 twice
    assert rows[0].second.output == "256×56×56"
    assert {row.delta(Measure.PARAMS) for row in rows} == {0}
    # the first 1x1 on a quarter of the positions: 256·128·(56² − 28²), and the same product in the later stages
    assert [row.delta(Measure.MACS) for row in rows if not row.equal] == [-77_070_336] * 3


def test_a_thousand_layers_fold_into_a_short_table() -> None:
    assert len(rows_of("resnet1202", "resnet110")) == 7
    assert sum(row.count for row in rows_of("resnet1202", "resnet110")) == 602


BASE = preset("resnet50")


@pytest.mark.parametrize(
    ("change", "unit", "words"),
    [
        ({"shortcut": "none"}, "layer1.0", "1×1 64, 3×3 64, 1×1 256, no shortcut"),
        ({"shortcut": "A"}, "layer1.0", "1×1 64, 3×3 64, 1×1 256, zero padding"),
        ({"shortcut": "avgpool"}, "layer2.0", "1×1 128, 3×3 128 /2, 1×1 512, average pool, zero padding"),
        ({"shortcut": "avgpool_projection"}, "layer2.0", "1×1 128, 3×3 128 /2, 1×1 512, average pool, projection"),
        ({"stride_in": "1x1"}, "layer2.0", "1×1 128 /2, 3×3 128, 1×1 512, projection"),
        ({"norm": "none"}, "layer1.0", "1×1 64, 3×3 64, 1×1 256, projection, no norm"),
        ({"shortcut_norm": False}, "layer1.0", "1×1 64, 3×3 64, 1×1 256, projection without norm"),
        ({"conv_bias": True}, "layer1.1", "1×1 64, 3×3 64, 1×1 256, biases"),
        ({"order": "pre"}, "layer1.1", "1×1 64, 3×3 64, 1×1 256, pre-activation"),
        ({"order": "pre"}, "head", "global average pool, linear 1,000, norm first"),
        ({"stem": "deep"}, "stem", "3×3 32 /2, 3×3 32, 3×3 64, 3×3 max pool /2"),
        ({"stem": "cifar"}, "stem", "3×3 64"),
    ],
)
def test_units_are_described_by_their_layers(change: dict[str, object], unit: str, words: str) -> None:
    changed = analyze(replace(BASE, **change))  # type: ignore[arg-type]
    assert unit_words(changed.unit_layers(unit)) == words
    row = next(row for row in align(arch_of("resnet50"), changed) if unit in row.second_units)
    assert not row.equal
    assert row.first.layers != row.second.layers


@given(configs())
def test_a_description_names_every_convolution_of_the_main_path(config: ResNetConfig) -> None:
    arch = analyze(config)
    for unit in arch.units:
        layers = arch.unit_layers(unit)
        beside = (Role.SHORTCUT, Role.ATTENTION)
        main = [layer for layer in layers if layer.kind is Kind.CONV and layer.role not in beside]
        words = r"(\d)×\1 ([\d,]+)(?: in (\d+) groups)?(?: /(\d))?(?: dilated (\d+))?(?:,|$)"
        assert re.findall(words, unit_words(layers)) == [
            (
                f"{conv.kernel}",
                f"{conv.output_shape[0]:,}",
                *(f"{number}" if number > 1 else "" for number in (conv.groups, conv.stride, conv.dilation)),
            )
            for conv in main
        ]
        if unit.startswith("layer"):
            assert len(main) == (2 if config.block is Block.BASIC else 3)
            assert ("no shortcut" in unit_words(layers)) is config.is_plain


@pytest.mark.slow
@settings(max_examples=100)
@given(configs(), configs())
def test_the_csv_has_every_row_with_its_exact_numbers(one: ResNetConfig, other: ResNetConfig) -> None:
    first, second = analyze(one), analyze(other)
    rows, names = align(first, second), (name_of(one), name_of(other))
    header, *lines = csv.reader(io.StringIO(alignment_csv(rows, *names), newline=""), strict=True)
    assert tuple(header) == columns(*names)
    assert len(set(header)) == len(header)
    assert len(lines) == len(rows)
    for position, totals in zip(
        range(9, 18, 3),
        zip(*[[getattr(arch, n) for n in NUMBERS] for arch in (first, second)], strict=True),
        strict=True,
    ):
        sums = [sum(int(line[position + offset]) for line in lines) for offset in range(3)]
        assert sums == [*totals, totals[1] - totals[0]]


@given(st.text(), st.text())
def test_no_name_makes_a_formula_of_a_cell(first: str, second: str) -> None:
    rows = rows_of("resnet18", "resnet20")
    table = list(csv.reader(io.StringIO(alignment_csv(rows, f"={first}", f"@{second}"), newline=""), strict=True))
    assert {len(line) for line in table} == {18}
    for cell in (cell for line in table for cell in line):
        assert cell.lstrip()[:1] not in ("=", "+", "@")
        assert not cell.startswith("-") or re.fullmatch(r"-\d+", cell)


def frame_of(rows: tuple[AlignedRow, ...], *names: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(alignment_csv(rows, *names)), keep_default_na=False)


def test_the_csv_is_the_table() -> None:
    rows = rows_of("resnet34", "resnet50")
    frame = frame_of(rows, "ResNet-34", "ResNet-50")
    assert list(frame.columns) == list(columns("ResNet-34", "ResNet-50"))
    assert list(frame["ResNet-34: unit"]) == [row.first.label for row in rows]
    assert list(frame["stage"])[:2] == ["Stem", "Stage 1"]
    assert frame["ResNet-34: parameters"].sum() == 21_797_672
    assert frame["ResNet-50: parameters"].sum() == 25_557_032
    assert frame["Δ parameters"].sum() == 25_557_032 - 21_797_672
    assert frame["Δ MACs"].sum() == 4_089_184_256 - 3_663_761_408
    assert frame["equal"].sum() == 1


def test_a_network_beside_itself_still_has_columns_of_its_own() -> None:
    rows = rows_of("resnet34", "resnet34")
    frame = frame_of(rows, "ResNet-34", "ResNet-34")
    assert frame.columns.is_unique
    assert frame["ResNet-34 (second): parameters"].sum() == 21_797_672
