"""One unit opened: every layer once, on its path, with its shape; the fork where the paths really part."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.network.block import block_diagram, layer_caption
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.links import from_url
from explorer.network.options import Norm, Order, Shortcut
from explorer.network.presets import preset
from tests.charts.reading import NETWORKS, Box, box, cut_off, overlaps, picks, pressed, read, text_box
from tests.network.strategies import configs

SKIP = ROLE_COLOURS[Role.SHORTCUT]
TALL = pytest.mark.parametrize("tall", [False, True], ids=["wide", "tall"])


def draw(arch: Architecture, unit: str, selected: str | None = None, *, tall: bool) -> ET.Element:
    return read(block_diagram(arch, unit, selected, tall=tall))


def kinds_of_units(arch: Architecture) -> list[str]:
    """Stem, head, and the first two blocks of each stage: every further block is drawn like the second."""
    return [unit for unit in arch.units if unit in ("stem", "head") or unit.endswith((".0", ".1"))]


def words_of(element: ET.Element) -> list[str]:
    """All words, in drawing order."""
    return [text.text or "" for text in element.iter("text")]


def node_box(node: ET.Element) -> Box | None:
    """Where a layer's box is; the sum is a circle and has none."""
    return next((box(rect) for rect in node.iter("rect") if rect.attrib.get("class") == "hit"), None)


def along(shape: Box, *, tall: bool) -> tuple[float, float]:
    """Where something begins and ends along the flow."""
    return (shape.top, shape.bottom) if tall else (shape.left, shape.right)


def check_layers(arch: Architecture, unit: str, root: ET.Element) -> None:
    """Each layer is there once, in its role's colour, with its output shape and, to point at, its formulas."""
    layers = {layer.name: layer for layer in arch.unit_layers(unit)}
    assert set(picks(root)) == set(layers)
    for name, node in picks(root).items():
        layer = layers[name]
        assert ROLE_COLOURS[layer.role] in ET.tostring(node, encoding="unicode")
        assert not layer.params or layer.formula in node.attrib["data-tip"]
        assert not layer.macs or layer.macs_formula in node.attrib["data-tip"]
        channels, height, width = layer.output_shape
        shape = f"{channels:,}" if layer.kind is Kind.LINEAR else f"{channels:,}×{height:,}×{width:,}"
        assert layer.kind is Kind.ADD or words_of(node)[2] == shape
        assert " ".join(words_of(node)) in node.attrib["aria-label"].splitlines()[0]  # who speaks says what is written


def check_ends(arch: Architecture, unit: str, root: ET.Element) -> None:
    """The shapes that go in and come out stand at the ends."""
    layers = arch.unit_layers(unit)
    words = " ".join(words_of(root))
    for channels, height, width in (layers[0].input_shape, layers[-1].output_shape):
        assert f"{channels:,}×{height:,}×{width:,}" in words


def check_paths(arch: Architecture, unit: str, root: ET.Element, *, tall: bool) -> None:
    """One arc where there is a shortcut, dashed where it pads, said to be the identity where nothing is on it."""
    layers = arch.unit_layers(unit)
    side = [layer for layer in layers if layer.on_shortcut]
    arcs = [path for path in root.iter("path") if path.attrib["stroke"] == SKIP]
    assert len(arcs) == sum(layer.kind is Kind.ADD for layer in layers)
    pads = any(layer.kind is Kind.PAD for layer in side)
    assert [path for path in arcs if "stroke-dasharray" in path.attrib] == (arcs if pads else [])
    assert ("identity: x, unchanged" in words_of(root)) == bool(arcs and not side)
    if arcs:
        check_fork(arch, unit, root, tall=tall)


def check_fork(arch: Architecture, unit: str, root: ET.Element, *, tall: bool) -> None:
    """The paths part at the unit's input, or after the layers of the main path that feed both."""
    dot = next(circle for circle in root.iter("circle") if circle.attrib["fill"] == SKIP)
    fork = float(dot.attrib["cy" if tall else "cx"])
    main = [layer for layer in arch.unit_layers(unit) if not layer.on_shortcut and layer.kind is not Kind.ADD]
    forks_late = arch.config.order is Order.PRE and any(layer.on_shortcut for layer in arch.unit_layers(unit))
    first_conv = next(index for index, layer in enumerate(main) if layer.kind is Kind.CONV)
    shared = first_conv if forks_late else 0  # norm and activation come before a pre-activation unit's convolution
    nodes = picks(root)
    spans = [along(shape, tall=tall) for layer in main if (shape := node_box(nodes[layer.name]))]
    assert [end < fork for _, end in spans] == [index < shared for index in range(len(main))]
    assert [start > fork for start, _ in spans] == [index >= shared for index in range(len(main))]


def check_geometry(root: ET.Element) -> None:
    """Nothing is cut off, no two nodes or words touch, and each node's words stay inside it."""
    assert cut_off(root) == []
    nodes = {name: shape for name, node in picks(root).items() if (shape := node_box(node))}
    assert overlaps(nodes.values()) == []
    assert overlaps(map(text_box, root.iter("text"))) == []
    for name, shape in nodes.items():
        assert [word for text in picks(root)[name].iter("text") if not shape.holds(word := text_box(text))] == []


def check_picture(arch: Architecture, unit: str, selected: str | None, *, tall: bool) -> None:
    root = draw(arch, unit, selected, tall=tall)
    assert pressed(root) == [name for name in (selected,) if name]
    check_layers(arch, unit, root)
    check_ends(arch, unit, root)
    check_paths(arch, unit, root, tall=tall)
    check_geometry(root)


@pytest.mark.slow
@TALL
@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_unit_of_every_network(name: str, tall: bool) -> None:
    arch = analyze(NETWORKS[name])
    for unit in kinds_of_units(arch):
        check_picture(arch, unit, None, tall=tall)


@pytest.mark.slow
@settings(max_examples=80)
@given(config=configs(small=False), tall=st.booleans(), data=st.data())
def test_any_unit_of_any_network_with_any_selection(config: ResNetConfig, tall: bool, data: st.DataObject) -> None:
    arch = analyze(config)
    unit = data.draw(st.sampled_from(arch.units))
    selected = data.draw(st.sampled_from([layer.name for layer in arch.unit_layers(unit)]))
    check_picture(arch, unit, selected, tall=tall)


@TALL
def test_the_unit_itself_or_another_units_layer_selects_no_layer(tall: bool) -> None:
    arch = analyze(preset("resnet18"))
    for selected in ("layer2.0", "layer2.1.conv1", "nonsense"):
        assert pressed(draw(arch, "layer2.0", selected, tall=tall)) == []


@pytest.mark.parametrize("unit", ["layer5.0", "layer1.9", "layer1", "", "layer1.0.conv1"])
def test_a_unit_the_network_does_not_have_is_an_error(unit: str) -> None:
    with pytest.raises(KeyError):
        block_diagram(analyze(preset("resnet18")), unit)


@pytest.mark.parametrize(
    ("name", "layer", "words"),
    [
        ("resnet50", "conv1", "7×7, /2"),
        ("resnet50", "maxpool", "max 3×3, /2"),
        ("resnet50", "layer2.0.conv2", "3×3, /2"),
        ("resnet50", "layer2.0.conv3", "1×1"),
        ("resnet50", "layer2.0.downsample.0", "1×1, /2"),
        ("resnet50", "layer1.0.bn1", "batch norm"),
        ("resnet50", "layer1.0.act1", "ReLU"),
        ("resnet50", "layer1.0.add", "branch + shortcut"),
        ("resnet50", "avgpool", "global average"),
        ("resnet50", "fc", "linear"),
        ("resnet50d", "layer2.0.downsample.0", "average 2×2, /2"),
        ("resnet20", "layer2.0.downsample.0", "zero channels, /2"),
        ("keller_avgpool", "layer2.0.downsample.1", "zero channels"),
    ],
)
def test_layers_in_a_few_signs(name: str, layer: str, words: str) -> None:
    config = preset(name)
    assert layer_caption(analyze(config).by_name[layer], config) == words


def test_without_norms_a_preactivation_shortcut_still_starts_after_the_activation() -> None:
    arch = analyze(ResNetConfig(order=Order.PRE, norm=Norm.NONE, shortcut=Shortcut.B))
    assert arch.by_name["layer2.0.downsample.0"].on_shortcut
    check_fork(arch, "layer2.0", draw(arch, "layer2.0", tall=False), tall=False)


@pytest.mark.parametrize(
    "config",
    [
        preset("resnext50_32x4d"),
        preset("seresnet50"),
        from_url(
            "seresnet50~antialias-blur~residual_scale-learned~dropout-0.3~stochastic_depth-0.1~groups-32~output_stride-16"
        ),
    ],
    ids=["grouped", "attended", "everything"],
)
def test_the_words_of_a_block_of_many_layers_stay_large_enough_to_read(config: ResNetConfig) -> None:
    arch = analyze(config)
    for unit in kinds_of_units(arch):
        assert min(float(text.attrib["font-size"]) for text in draw(arch, unit, tall=False).iter("text")) >= 9
