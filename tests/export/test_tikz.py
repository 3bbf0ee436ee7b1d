"""The network as TikZ: every block is a node, every skip an edge, and nothing in it that LaTeX would trip over."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from explorer.charts.palette import ROLE_COLOURS
from explorer.export.tikz import SKIP, tex, to_tikz
from explorer.network.arithmetic import analyze
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.presets import PRESETS, preset
from tests.network.strategies import configs

NODE = re.compile(r"^\\node\[unit, fill=stage(\d), .*?\] \(block\d+\) \{(.*)\};$", re.MULTILINE)
SKIPS = re.compile(r"^\\draw\[(identity|projection|padding)\] \(fork(\d+)\) .* \(sum\2\);$", re.MULTILINE)


def repeats(line: str) -> int:
    found = re.search(r"\\times\\,(\d+)", line)
    return int(found[1]) if found else 1


@settings(max_examples=80)
@given(configs())
@example(preset("resnet50"))
def test_every_block_is_a_node_and_every_skip_an_edge(config: ResNetConfig) -> None:
    document, plans = to_tikz(config), list(block_plans(config))
    nodes = list(NODE.finditer(document))
    counts = [repeats(node[0]) for node in nodes]
    stages = [int(node[1]) for node, count in zip(nodes, counts, strict=True) for _ in range(count)]
    assert stages == [plan.stage for plan in plans]
    styles = [found[1] for found in SKIPS.finditer(document)]
    drawn = [style for style, count in zip(styles, counts, strict=False) for _ in range(count)]
    names = {"identity": "identity", "pad": "padding", "project": "projection"}
    assert drawn == [names[plan.shortcut] for plan in plans if plan.shortcut != "none"]
    convs = [node[2].count(r"$\times$") for node, count in zip(nodes, counts, strict=True) for _ in range(count)]
    layers = [layer for layer in analyze(config).layers if layer.block is not None and not layer.on_shortcut]
    layers = [layer for layer in layers if layer.role is not Role.ATTENTION]
    assert sum(convs) == sum(layer.kind is Kind.CONV for layer in layers)


@settings(max_examples=80)
@given(configs())
def test_it_is_sound_latex(config: ResNetConfig) -> None:
    document = to_tikz(config)
    assert document.isascii()
    plain = re.sub(r"\\[{}%&$#_]", "", document)
    assert plain.count("{") == plain.count("}") and plain.count("[") == plain.count("]")
    assert plain.count("$") % 2 == 0
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", document) for word in ("begin", "end"))
    assert begun == ["document", "tikzpicture"] == ended[::-1]
    statements = document[document.index(r"\node") : document.index(r"\end{tikz")].splitlines()
    assert all(line.startswith(("\\node[", "\\draw[")) and line.endswith(";") for line in statements)
    defined = re.findall(r"\\node.*\] \((\w+)\) \{|coordinate \((\w+)\)", document)
    names = {first or second for first, second in defined}
    assert len(names) == len(defined)
    assert set(re.findall(r"below=(?:\w+ )?of (\w+)", document)) <= names
    assert set(re.findall(r"\((\w+)\)", "\n".join(statements))) <= names
    colours = set(re.findall(r"fill=(\w+)", document))
    assert colours <= set(re.findall(r"\\definecolor{(\w+)}", document))


def as_deep_as_can_be(config: ResNetConfig) -> ResNetConfig:
    return replace(config, stage_blocks=(256,) * len(config.widths))


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_is_too_large_for_a_page(name: str) -> None:
    assert len(to_tikz(preset(name)).splitlines()) < 80


DEEPEST = {as_deep_as_can_be(preset(name)): name for name in reversed(PRESETS)}
"""Each once: presets that differ in depth alone are the same network then."""


@pytest.mark.parametrize("config", list(DEEPEST), ids=list(DEEPEST.values()))
def test_no_network_is_too_large_for_a_page(config: ResNetConfig) -> None:
    assert len(to_tikz(config).splitlines()) < 80


def test_shapes_and_shortcuts_stand_beside_the_blocks() -> None:
    document = to_tikz(preset("resnet50"))
    assert r"% ResNet-50, v1.5: resnet50 in the links" in document
    assert r"{1$\times$1 128\\3$\times$3 128 /2\\1$\times$1 512};" in document
    assert r"label={[note]left:512$\times$28$\times$28}" in document
    assert [found[1] for found in SKIPS.finditer(document)] == ["projection", "identity"] * 4
    assert (
        r"\draw[projection] (fork1) .. controls +(30mm, 0) and +(30mm, 0) .. node[note, right] {projection}" in document
    )
    assert [repeats(node[0]) for node in NODE.finditer(document)] == [1, 2, 1, 3, 1, 5, 1, 2]
    assert "Inside a block: convolution, batch norm, ReLU." in document
    assert "Inside a block: batch norm, ReLU, convolution." in to_tikz(preset("preact_resnet110"))


def test_attention_stands_where_it_works_and_an_arc_passes_beside_a_wide_block() -> None:
    config = replace(preset("resnext50_32x4d"), attention="se", residual_scale="learned", output_stride="16")
    document = to_tikz(config)
    wide = r"{1$\times$1 1,024\\3$\times$3 1,024 in 32 groups dilated 2\\1$\times$1 2,048"
    assert wide + r"\\squeeze-and-excitation\\learned scale};" in document
    reaches = [int(found) for found in re.findall(r"controls \+\((\d+)mm", document)]
    assert reaches[-1] == max(reaches) > reaches[0]


def test_the_skip_connection_has_its_colour() -> None:
    assert f"#{SKIP}" == ROLE_COLOURS[Role.SHORTCUT]


def test_special_characters_are_escaped() -> None:
    assert tex(r"50 % of $x_1$ & {a}~b^#\ 3×3") == (
        r"50 \% of \$x\_1\$ \& \{a\}\textasciitilde{}b\textasciicircum{}\#\textbackslash{} 3$\times$3"
    )


def test_an_impossible_network_is_refused_in_the_words_of_the_arithmetic() -> None:
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map that is already 1×1"):
        to_tikz(ResNetConfig(image_size=16))
