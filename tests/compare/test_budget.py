"""Budgets, steps and trees: nothing is lost or counted twice, and ResNet-34 against ResNet-50 by hand."""

from functools import cache
from itertools import combinations_with_replacement, product

import pytest
import torch
import torchvision
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.compare.budget import (
    MOST_LEAVES,
    BudgetStep,
    By,
    Cell,
    Measure,
    TreemapNode,
    budget,
    budget_steps,
    stage_names,
    tree,
)
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import stage_label
from explorer.network.layer import Role
from explorer.network.names import name_of
from explorer.network.presets import preset
from tests.network.kinds import KINDS
from tests.network.strategies import HEAVIEST, configs

PAIRS = list(combinations_with_replacement(KINDS, 2))  # each is led there and back
MEASURES = list(Measure)

# Role by role, in the order 3x3, 1x1 reduce, 1x1 expand, projection, norm. A norm has a scale and a shift a channel.
PARAMS = {
    "resnet34": {
        "stem": (9_408, 0, 0, 0, 0, 128),  # 7·7·3·64; 2·64
        # 3 blocks · 2 · (3·3·64·64 = 36,864); 6 norms of 64
        "layer1": (0, 221_184, 0, 0, 0, 768),
        # 3·3·64·128 = 73,728 and 7 · (3·3·128·128 = 147,456); 64·128; 8 + 1 norms of 128
        "layer2": (0, 1_105_920, 0, 0, 8_192, 2_304),
        # 3·3·128·256 = 294,912 and 11 · (3·3·256·256 = 589,824); 128·256; 12 + 1 norms of 256
        "layer3": (0, 6_782_976, 0, 0, 32_768, 6_656),
        # 3·3·256·512 = 1,179,648 and 5 · (3·3·512·512 = 2,359,296); 256·512; 6 + 1 norms of 512
        "layer4": (0, 12_976_128, 0, 0, 131_072, 7_168),
    },
    "resnet50": {
        "stem": (9_408, 0, 0, 0, 0, 128),
        # 3 · 36,864; 64·64 + 2 · 256·64; 3 · 64·256; 64·256; 3 · 2·(64 + 64 + 256) + 2·256
        "layer1": (0, 110_592, 36_864, 49_152, 16_384, 2_816),
        # 4 · 147,456; 256·128 + 3 · 512·128; 4 · 128·512; 256·512; 4 · 2·(128 + 128 + 512) + 2·512
        "layer2": (0, 589_824, 229_376, 262_144, 131_072, 7_168),
        # 6 · 589,824; 512·256 + 5 · 1024·256; 6 · 256·1024; 512·1024; 6 · 2·(256 + 256 + 1024) + 2·1024
        "layer3": (0, 3_538_944, 1_441_792, 1_572_864, 524_288, 20_480),
        # 3 · 2,359,296; 1024·512 + 2 · 2048·512; 3 · 512·2048; 1024·2048; 3 · 2·(512 + 512 + 2048) + 2·2048
        "layer4": (0, 7_077_888, 2_621_440, 3_145_728, 2_097_152, 22_528),
    },
}
# Weights times the positions of the output: 112² = 12,544, 56² = 3,136, 28² = 784, 14² = 196, 7² = 49.
MACS = {
    "resnet34": {
        "stem": (118_013_952, 0, 0, 0, 0, 0),  # 9,408 · 12,544
        "layer1": (0, 693_633_024, 0, 0, 0, 0),  # 221,184 · 3,136
        "layer2": (0, 867_041_280, 0, 0, 6_422_528, 0),  # 1,105,920 · 784; 8,192 · 784
        "layer3": (0, 1_329_463_296, 0, 0, 6_422_528, 0),  # 6,782,976 · 196; 32,768 · 196
        "layer4": (0, 635_830_272, 0, 0, 6_422_528, 0),  # 12,976,128 · 49; 131,072 · 49
    },
    "resnet50": {  # v1.5: the first 1x1 of a stage still runs on the large map of the stage before
        "stem": (118_013_952, 0, 0, 0, 0, 0),
        # 110,592, 36,864, 49,152 and 16,384, each · 3,136
        "layer1": (0, 346_816_512, 115_605_504, 154_140_672, 51_380_224, 0),
        # 589,824 · 784; 32,768 · 3,136 + 196,608 · 784; 262,144 · 784; 131,072 · 784
        "layer2": (0, 462_422_016, 256_901_120, 205_520_896, 102_760_448, 0),
        # 3,538,944 · 196; 131,072 · 784 + 1,310,720 · 196; 1,572,864 · 196; 524,288 · 196
        "layer3": (0, 693_633_024, 359_661_568, 308_281_344, 102_760_448, 0),
        # 7,077,888 · 49; 524,288 · 196 + 2,097,152 · 49; 3,145,728 · 49; 2,097,152 · 49
        "layer4": (0, 346_816_512, 205_520_896, 154_140_672, 102_760_448, 0),
    },
}
HEAD = {  # 512·1000 + 1000 and 2048·1000 + 1000; a bias is no MAC
    Measure.PARAMS: {"resnet34": 513_000, "resnet50": 2_049_000},
    Measure.MACS: {"resnet34": 512_000, "resnet50": 2_048_000},
}
ROLES = (Role.STEM, Role.CONV3X3, Role.REDUCE, Role.EXPAND, Role.SHORTCUT, Role.NORM)


@cache
def arch_of(name: str) -> Architecture:
    return analyze(preset(name))


def by_hand(name: str, measure: Measure) -> dict[tuple[str, Role], int]:
    table = {Measure.PARAMS: PARAMS, Measure.MACS: MACS}[measure][name]
    cells = {
        (stage, role): value for stage, row in table.items() for role, value in zip(ROLES, row, strict=True) if value
    }
    return cells | {("head", Role.CLASSIFIER): HEAD[measure][name]}


@pytest.mark.parametrize("measure", [Measure.PARAMS, Measure.MACS])
@pytest.mark.parametrize("name", ["resnet34", "resnet50"])
def test_the_budgets_of_resnet_34_and_50_are_those_worked_out_by_hand(name: str, measure: Measure) -> None:
    assert {(cell.stage, cell.role): cell.value for cell in budget(arch_of(name), measure)} == by_hand(name, measure)


@pytest.mark.parametrize("measure", [Measure.PARAMS, Measure.MACS])
def test_the_steps_from_resnet_34_to_50_are_those_worked_out_by_hand(measure: Measure) -> None:
    before, after = by_hand("resnet34", measure), by_hand("resnet50", measure)
    wanted = {key: after.get(key, 0) - before.get(key, 0) for key in before | after}
    found = budget_steps(arch_of("resnet34"), arch_of("resnet50"), measure, By.BOTH)
    assert {(step.stage, step.role): step.value for step in found} == {
        key: value for key, value in wanted.items() if value
    }


def test_3x3_convolutions_pay_for_the_bottlenecks() -> None:
    by_role = {
        step.role: step.value
        for step in budget_steps(arch_of("resnet34"), arch_of("resnet50"), Measure.PARAMS, By.ROLE)
    }
    assert by_role == {
        Role.CONV3X3: 11_317_248 - 21_086_208,
        Role.REDUCE: 4_329_472,
        Role.EXPAND: 5_029_888,
        Role.SHORTCUT: 2_768_896 - 172_032,
        Role.NORM: 53_120 - 17_024,
        Role.CLASSIFIER: 1_536_000,
    }
    by_stage = budget_steps(arch_of("resnet34"), arch_of("resnet50"), Measure.PARAMS, By.STAGE)
    assert by_stage == (
        BudgetStep("layer1", None, 215_808 - 221_952),  # the same widths cost less, with four times the output
        BudgetStep("layer2", None, 1_219_584 - 1_116_416),
        BudgetStep("layer3", None, 7_098_368 - 6_822_400),
        BudgetStep("layer4", None, 14_964_736 - 13_114_368),
        BudgetStep("head", None, 1_536_000),
    )


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"])
def test_budgets_are_those_of_torchvisions_modules(name: str) -> None:
    with torch.device("meta"):
        net = torchvision.models.get_model(name)
    wanted: dict[tuple[str, str], int] = {}
    for path, module in net.named_modules():
        kind = _torchvision_kind(path, module)
        if kind:
            stage = path.partition(".")[0]
            key = (stage if stage.startswith("layer") else "head" if stage == "fc" else "stem", kind)
            wanted[key] = wanted.get(key, 0) + sum(weights.numel() for weights in module.parameters(recurse=False))
    found: dict[tuple[str, str], int] = {}
    for cell in budget(arch_of(name), Measure.PARAMS):
        kind = "1x1" if cell.role in (Role.REDUCE, Role.EXPAND, Role.SHORTCUT) else cell.role.value
        found[cell.stage, kind] = found.get((cell.stage, kind), 0) + cell.value
    assert found == wanted


def _torchvision_kind(path: str, module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        return "stem" if path == "conv1" else f"{module.kernel_size[0]}x{module.kernel_size[1]}"
    return "norm" if isinstance(module, nn.BatchNorm2d) else "classifier" if isinstance(module, nn.Linear) else ""


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", KINDS)
def test_a_presets_budget_and_tree_add_up(name: str, measure: Measure) -> None:
    _check_budget(arch_of(name), measure)
    _check_tree(arch_of(name), measure)


@pytest.mark.slow
@settings(max_examples=150)
@given(configs(small=False), st.sampled_from(MEASURES))
def test_any_budget_and_tree_add_up(config: ResNetConfig, measure: Measure) -> None:
    _check_budget(analyze(config), measure)
    _check_tree(analyze(config), measure)


def _check_budget(arch: Architecture, measure: Measure) -> None:
    cells = budget(arch, measure)
    assert sum(cell.value for cell in cells) == measure.total(arch)
    assert all(cell.value > 0 for cell in cells)
    places = list(product(stage_names(arch), Role))
    order = [places.index((cell.stage, cell.role)) for cell in cells]
    assert order == sorted(set(order))  # each place at most once, in order
    for cell in cells:
        layers = [layer for layer in arch.layers if (layer.stage, layer.role) == (cell.stage, cell.role)]
        assert cell == Cell(cell.stage, cell.role, sum(map(measure.of, layers)))


def _check_tree(arch: Architecture, measure: Measure) -> None:
    nodes = tree(arch, measure)
    root, *rest = nodes
    assert (root.id, root.parent, root.label, root.value) == ("", "", name_of(arch.config), measure.total(arch))
    by_id = {node.id: node for node in nodes}
    assert len(by_id) == len(nodes)  # no id twice
    sums: dict[str, int] = {}
    for node in rest:
        assert node.value > 0
        assert node.parent in by_id
        assert f"{node.value:,} " in node.tip
        sums[node.parent] = sums.get(node.parent, 0) + node.value
    assert sums == {id_: node.value for id_, node in by_id.items() if id_ in sums}
    leaves = [node for node in rest if node.id not in sums]
    assert sum(leaf.value for leaf in leaves) == root.value
    assert [node.role is not None for node in rest] == [node.id not in sums for node in rest]
    assert all(leaf.role is arch.by_name[leaf.id].role for leaf in leaves)
    assert [node.id for node in rest if node.parent == ""] == [stage for stage in stage_names(arch) if stage in by_id]
    if len(leaves) == sum(measure.of(layer) > 0 for layer in arch.layers):
        assert {leaf.id: leaf.value for leaf in leaves} == {
            layer.name: measure.of(layer) for layer in arch.layers if measure.of(layer)
        }
    assert len(leaves) <= MOST_LEAVES


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
def test_every_pair_of_presets_is_led_from_one_total_to_the_other(measure: Measure) -> None:
    for first, second in PAIRS:
        _check_steps(arch_of(first), arch_of(second), measure)


@pytest.mark.slow
@settings(max_examples=150)
@given(configs(small=False), configs(small=False), st.sampled_from(MEASURES))
def test_any_pair_is_led_from_one_total_to_the_other(one: ResNetConfig, other: ResNetConfig, measure: Measure) -> None:
    _check_steps(analyze(one), analyze(other), measure)


def _check_steps(first: Architecture, second: Architecture, measure: Measure) -> None:
    difference = measure.total(second) - measure.total(first)
    both = budget_steps(first, second, measure, By.BOTH)
    for by in By:
        found = budget_steps(first, second, measure, by)
        assert sum(step.value for step in found) == difference
        assert all(step.value for step in found)
        assert all((step.stage == "") == (by is By.ROLE) and (step.role is None) == (by is By.STAGE) for step in found)
        keys = [(step.stage, step.role) for step in found]
        assert len(set(keys)) == len(keys)
        backwards = budget_steps(second, first, measure, by)
        assert backwards == tuple(BudgetStep(step.stage, step.role, -step.value) for step in found)
        if by is not By.BOTH:
            for step in found:
                parts = [
                    part.value for part in both if step.stage in ("", part.stage) and step.role in (None, part.role)
                ]
                assert sum(parts) == step.value


@given(configs())
def test_a_network_is_no_step_away_from_itself(config: ResNetConfig) -> None:
    arch = analyze(config)
    assert [budget_steps(arch, arch, measure, by) for measure, by in product(Measure, By)] == [()] * 9


@pytest.mark.slow
@given(st.lists(configs(), min_size=1, max_size=4))
def test_stages_are_those_of_any_network_in_forward_order(several: list[ResNetConfig]) -> None:
    archs = [analyze(config) for config in several]
    found = stage_names(*archs)
    assert set(found) == {layer.stage for arch in archs for layer in arch.layers}
    for arch in archs:
        own = list(dict.fromkeys(layer.stage for layer in arch.layers))
        assert [stage for stage in found if stage in own] == own


def test_no_network_has_no_stage() -> None:
    assert stage_names() == ()


@pytest.mark.parametrize("config", [preset("resnet1202"), preset("preact_resnet1001")], ids=name_of)
def test_deep_networks_have_small_trees(config: ResNetConfig) -> None:
    assert all(len(tree(analyze(config), measure)) < 100 for measure in Measure)


def test_the_deepest_network_has_a_small_tree() -> None:
    assert len(tree(analyze(HEAVIEST), Measure.MEMORY)) < 200


def test_blocks_alike_are_one_node_that_says_so() -> None:
    nodes = {node.id: node for node in tree(arch_of("resnet1202"), Measure.PARAMS)}
    convs = 9 * 32 * 32
    assert nodes["layer2.1"] == TreemapNode(
        "layer2.1",
        "layer2",
        "layer2.1 to layer2.199",
        199 * 2 * (convs + 64),
        None,
        "layer2.1 to layer2.199, 199 blocks alike: 3,693,440 parameters, 19.0 % of the network",
    )
    assert nodes["layer2.1.conv2"] == TreemapNode(
        "layer2.1.conv2",
        "layer2.1",
        "conv2",
        199 * convs,
        Role.CONV3X3,
        "layer2.1.conv2 (3×3 convolution) in each of 199 blocks, together: 1,833,984 parameters, 9.4 % of the network",
    )


def test_shares_too_small_to_print_are_not_printed_as_nothing() -> None:
    tips = {node.id: node.tip for node in tree(arch_of("resnet50"), Measure.PARAMS)}
    assert tips["bn1"] == "bn1 (norm): 128 parameters, less than 0.1 % of the network"
    assert tips[""] == "ResNet-50, v1.5: 25,557,032 parameters"
    assert tips["fc"] == "fc (classifier): 2,049,000 parameters, 8.0 % of the network"


def test_amounts_are_said_in_their_own_units() -> None:
    assert [measure.words(25_557_032) for measure in Measure] == ["25.6 M", "25.6 M", "24.4 MiB"]
    assert [measure.signed(-2_048) for measure in Measure] == ["−2,048", "−2,048", "−2 KiB"]
    assert [measure.signed(2_048) for measure in Measure] == ["+2,048", "+2,048", "+2 KiB"]
    assert [measure.signed(0) for measure in Measure] == ["±0"] * 3
    assert len({measure.label for measure in Measure}) == 3
    assert [bool(measure.unit) for measure in Measure] == [False, True, True]


def test_stages_have_headings() -> None:
    assert [stage_label(stage) for stage in stage_names(arch_of("resnet50"))] == [
        "Stem",
        "Stage 1",
        "Stage 2",
        "Stage 3",
        "Stage 4",
        "Head",
    ]


@given(st.text())
def test_what_is_no_stage_is_quoted_and_answered_with_what_is(text: str) -> None:
    number = text.removeprefix("layer")
    assume(text not in ("stem", "head") and not (text.startswith("layer") and number.isdecimal()))
    with pytest.raises(ValueError, match=r"(?s)There is no stage called .*: stages are called stem, layer1, "):
        stage_label(text)
