"""Parts of a network, and networks among other text: what the text shows is judged, what it does not show is not."""

from collections.abc import Callable
from functools import cache

import pytest
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer import build, preset
from explorer.check import Source, check
from explorer.network.blocks import ResidualBlock
from tests.check.foreign import KellerJordan, Kuangliu, on_meta
from tests.check.slips import conv, norm, put
from tests.check.tables import torchsummary
from tests.check.texts import torchinfo_table

NAMES = ("resnet18", "resnet50", "resnet20", "resnet50d", "preact_resnet164", "keller_b", "plain34")


@cache
def network(name: str) -> nn.Module:
    return build(preset(name), device="meta")


@cache
def printed(name: str) -> str:
    return str(network(name))


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet152", "resnet50d"])
@pytest.mark.parametrize("stage", ["layer1", "layer2", "layer3", "layer4"])
def test_a_stage_alone(name: str, stage: str) -> None:
    report = check(str(network(name).get_submodule(stage)))
    assert report.kind is Source.PARTIAL
    assert report.source is Source.PRINTED
    assert report.differences == (), report.sentence
    assert report.config.block == preset(name).block
    assert report.config.widths == preset(name).widths
    assert report.config.stage_blocks[int(stage[-1]) - 1] == preset(name).stage_blocks[int(stage[-1]) - 1]


@pytest.mark.parametrize("name", NAMES)
def test_every_block_alone(name: str) -> None:
    net = network(name)
    blocks = {str(module): path for path, module in net.named_modules() if isinstance(module, ResidualBlock)}
    assert len(blocks) > 3
    for text, path in blocks.items():
        for meant in (None, preset(name)):
            report = check(text, meant)
            assert report.partial
            assert report.differences == (), (path, report.sentence)


def test_a_block_alone_with_a_mistake() -> None:
    net = on_meta(torchvision.models.resnet50, weights=None)
    put("layer2.0.bn2", norm(512))(net)
    put("layer2.0.bn3", None)(net)
    (fault,) = check(str(net.layer2[0])).faults
    assert fault.what == "has 512 features, expected 128, and bn3 is missing"
    assert "assigned twice" in fault.cause
    assert fault.name == "bn2"


def test_a_stage_alone_with_a_block_too_few() -> None:
    net = on_meta(torchvision.models.resnet50, weights=None)
    del net.layer3[4]
    report = check(str(net.layer3))
    assert [entry.what for entry in report.faults] == ["has 5 blocks, expected 6"]
    assert report.config == preset("resnet50")


@pytest.mark.slow
@settings(max_examples=80)
@given(st.sampled_from(NAMES), st.data())
def test_no_cut_makes_a_fault(name: str, data: st.DataObject) -> None:
    """Cuts the text at any two lines: no layer in the part is at fault because of what is missing."""
    lines = printed(name).splitlines()
    start = data.draw(st.integers(0, len(lines) - 40))
    end = data.draw(st.integers(start + 40, len(lines)))
    report = check("\n".join(lines[start:end]), preset(name))
    assert report.faults == (), (start, end, report.sentence)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.sampled_from(["resnet18", "resnet50", "resnet20"]), st.sampled_from(["ts", "ti"]), st.data())
def test_no_cut_of_a_table_makes_a_fault(name: str, kind: str, data: st.DataObject) -> None:
    config = preset(name)
    shape = (3, config.image_size, config.image_size)
    lines = table(name, kind, shape).splitlines()
    start = data.draw(st.sampled_from([0, 10, 30, 45]))
    end = data.draw(st.integers(start + 30, len(lines)))
    report = check("\n".join(lines[start:end]), config)
    assert report.faults == (), (start, end, report.sentence)


@cache
def table(name: str, kind: str, shape: tuple[int, int, int]) -> str:
    return torchsummary(network(name), shape) if kind == "ts" else torchinfo_table(network(name), shape, depth=4)


def test_a_mistake_in_a_cut_text_is_found() -> None:
    net = build(preset("resnet50"), device="meta")
    put("layer3.2.conv2", conv(256, 256, 5))(net)
    lines = str(net).splitlines()
    place = next(at for at, line in enumerate(lines) if "(5, 5)" in line)
    report = check("\n".join(lines[place - 40 : place + 40]))
    assert [(entry.name, entry.what) for entry in report.faults] == [
        ("layer3.2.conv2", "has a 5×5 kernel, expected 3×3")
    ]


# Other text around it.


def each_line(do: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(map(do, text.splitlines()))


def wrapped(line: str) -> str:
    return "\n".join(line[at : at + 80] for at in range(0, len(line), 80))


AROUND: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "tabs": lambda text: text.replace("  ", "\t"),
    "indented": each_line(lambda line: "        " + line),
    "no indentation": each_line(str.strip),
    "quoted": each_line(lambda line: f"> {line}"),
    "colours": each_line(lambda line: f"\x1b[1;32m{line}\x1b[0m"),
    "log lines": each_line(lambda line: f"2024-01-01 12:00:00,123 [INFO] train: {line}"),
    "line numbers": lambda text: "\n".join(f"{at:>5}  {line}" for at, line in enumerate(text.splitlines())),
    "wrapped": each_line(wrapped),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "fence and prompt": lambda text: (
        f"My net:\n```python\n>>> print(model)\n{text}\n>>> \n```\nWhat is wrong (with it)?"
    ),
    "jupyter": lambda text: f"Out[3]: {text}",
    "assigned": lambda text: f"model = {text}",
    "old PyTorch": lambda text: text.replace(", bias=True, track", ", track").replace("inplace=True", "inplace"),
    "DataParallel": lambda text: f"DataParallel(\n  (module): {each_line(lambda x: '  ' + x)(text).strip()}\n)",
    "compiled": lambda text: f"OptimizedModule(\n  (_orig_mod): {each_line(lambda x: '  ' + x)(text).strip()}\n)",
    "another one after it": lambda text: f"{text}\n{build(preset('resnet20'), device='meta').layer1}",
    "logs between": each_line(lambda line: f"{line}\nepoch 3: loss (train) = 0.123"),
}


@pytest.mark.slow
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", ["resnet50", "torchvision"])
def test_other_text_around(name: str, around: str) -> None:
    text, layers = alone(name)
    report = check(AROUND[around](text))
    assert report.config == preset("resnet50"), report.sentence
    assert report.faults == ()
    assert not report.partial
    assert len(report.read) == layers


@cache
def alone(name: str) -> tuple[str, int]:
    """A network as it is printed, and how many of its layers are read."""
    net = network(name) if name in NAMES else on_meta(torchvision.models.resnet50, weights=None)
    return str(net), len(check(str(net)).read)


@pytest.mark.slow
@pytest.mark.parametrize("around", ["CRLF", "tabs", "indented", "quoted", "colours", "blank lines", "no indentation"])
def test_other_text_around_tables(around: str) -> None:
    net = network("resnet50")
    for text in (torchsummary(net, (3, 224, 224)), torchinfo_table(net, (3, 224, 224), depth=4)):
        report = check(AROUND[around](text))
        assert (report.config, report.differences) == (preset("resnet50"), ())


def test_two_networks_in_one_text() -> None:
    report = check(f"{network('resnet18')}\n\n{network('resnet50')}\n{network('resnet20')}")
    assert report.config == preset("resnet50")
    assert any("3 networks" in entry for entry in report.assumed)


@pytest.mark.slow
@settings(max_examples=20)
@given(st.sampled_from(["ours", "kuangliu", "keller"]), st.data())
def test_a_lost_line_costs_no_more_than_itself(which: str, data: st.DataObject) -> None:
    """Deletes one line: at most its own layer is missing, and nothing if it is a bracket."""
    net, name = {
        "ours": (network("resnet50"), "resnet50"),
        "kuangliu": (on_meta(Kuangliu, (2, 2, 2, 2)), "kuangliu_resnet18"),
        "keller": (on_meta(KellerJordan, 5, "A"), "keller_a"),
    }[which]
    lines = str(net).splitlines()
    place = data.draw(st.integers(1, len(lines) - 2))
    report = check("\n".join(lines[:place] + lines[place + 1 :]), preset(name))
    named = lines[place].strip().strip("(").partition(")")[0]
    if lines[place].strip() == ")":
        assert report.faults == (), report.sentence
    elif not lines[place].endswith("("):
        assert len(report.faults) <= 1, report.sentence
        ours = {"linear": "fc", "norm1": "bn1", "relu1": "act1"}.get(named, named)  # the only one of its kind
        assert all(named in entry.name or entry.name == ours for entry in report.faults), (named, report.sentence)
