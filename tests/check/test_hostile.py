"""Text that shows no network, text that pretends to, and text with parts missing always get an answer.

That long texts are answered fast shows in that these tests end: a reader that looks at a line once for each of its
characters would not.
"""

import random
from functools import cache

import pytest
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import build, preset
from explorer.check import MAX_TEXT, CheckError, Report, check, check_shapes
from explorer.text.errors import Refusal
from tests.check.foreign import SmallSequentials, d2l, on_meta, students
from tests.check.tables import torchsummary
from tests.check.texts import shapes_of, state_text, torchinfo_table

MEGABYTE = 2**20


def refusal(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        check(text)
    assert isinstance(refused.value, CheckError)
    return str(refused.value)


@pytest.mark.slow
def test_random_text_is_no_network() -> None:
    rng = random.Random(0)
    for alphabet in ("abcdefgh (){}[]:,.0123456789\n", "(): x\n", "│├─└ \n:-[]0123456789,abc", "\n ", "():,\n0"):
        text = "".join(rng.choices(alphabet, k=MEGABYTE))
        assert "print(model)" in refusal(text)


PIECES = (
    *("(a): A(\n", "(a): A(", "(", ")\n", "(0-255): 256 x A(\n", "(0): Conv2d(3, 3, kernel_size=(1, 1)\n", "x"),
    *("Conv2d-1 [-1, 3, 3, 3] 3\n", "├─Conv2d: 1-1 [1, 3, 3, 3] 3\n", "a.weight torch.Size([1])\n", "(a" * 100 + "\n"),
    *("(0): BasicBlock(\n  (c): Conv2d(3, 3, kernel_size=(1, 1), stride=(1, 1))\n", "│ " * 250 + "\n", "a." * 100),
    *("  (0): ReLU()\n", "A(\n(a): B()\n", "(a): Conv2d(" + "(" * 500 + "\n", "A-1 [" + " " * 80 + "\n"),
    *("\x1b[" + "1;" * 20, "Layer (type)\n", "Total params\n", "\t" * 50 + "\n", "(a): A(b=(" * 50 + "\n"),
    *("\0\r\v\f\u2028", "(a): A(\n\n", "+ A: 1-1 --\n"),
)


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_refused(piece: str) -> None:
    text = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    assert len(refusal(text)) > 20


def test_lines_that_nest_deeper_than_any_network() -> None:
    text = "".join("  " * depth + f"(a{depth}): A(\n" for depth in range(250))
    assert "blocks" in refusal("ResNet(\n" + text + "  " * 250 + "(c): Conv2d(3, 3, kernel_size=(1, 1))")


def test_folds_that_unfold_to_more_than_any_network() -> None:
    inner = "(0): ReLU()"
    for depth in range(8):
        inner = f"(0-255): 256 x A{depth}(\n{inner}\n)"
    assert "20,000" in refusal(f"Net(\n{inner}\n)")
    assert "at most 256 blocks" in refusal("(layer1): Sequential(\n  (0-99999): 100000 x BasicBlock(\n  )\n)")


def test_too_many_blocks_or_layers() -> None:
    block = "(conv1): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))\n(conv2): Conv2d(8, 8, kernel_size=(3, 3))\n"
    blocks = "".join(f"({index}): BasicBlock(\n{block})\n" for index in range(300))
    assert "300 blocks: at most 256" in refusal(f"Net(\n(layer1): Sequential(\n{blocks})\n)")
    many = "".join(f"(r{index}): ReLU()\n" for index in range(500))
    assert "500 layers: at most 200" in refusal(f"Net(\n(layer1): Sequential(\n(0): BasicBlock(\n{block})\n)\n{many})")


def test_a_text_may_be_as_long_as_said() -> None:
    text = str(build(preset("resnet18"), device="meta"))
    assert check(text + " " * (MAX_TEXT - len(text))).config == preset("resnet18")
    message = refusal(text + " " * (MAX_TEXT - len(text) + 1))
    assert "at most 2 MiB" in message


@pytest.mark.parametrize("empty", ["", " \n\t\n"])
def test_no_text(empty: str) -> None:
    assert refusal(empty).startswith("There is no text.")


def test_code_is_not_run_but_pointed_at() -> None:
    code = "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        self.c = nn.Conv2d(3, 64, 3)"
    assert "code of a network" in refusal(code)
    assert "print(model)" in refusal(code)


@pytest.mark.parametrize("name", ["vgg11", "alexnet", "vit_b_16", "densenet121", "mobilenet_v2", "squeezenet1_0"])
def test_other_networks(name: str) -> None:
    message = refusal(str(on_meta(getattr(torchvision.models, name), weights=None)))
    assert "blocks" in message


def test_a_table_without_what_is_inside() -> None:
    net = build(preset("resnet18"), device="meta")
    assert "depth=4" in refusal(torchinfo_table(net, (3, 224, 224), depth=2))
    flat = "\n".join(line for line in torchsummary(net, (3, 224, 224)).splitlines() if "Block" not in line)
    assert "no blocks" in refusal(flat.replace("Add-", "ReLU-"))


@pytest.mark.parametrize(
    "shapes",
    [
        {},
        {"": ()},
        {"weight": (1, 2, 3, 4)},
        {"a.b.c": (1,)},
        {".weight": (1, 1, 1, 1), "..weight": (2, 2, 2, 2)},
        {"layer1.0.conv1.weight": (0, 0, 0, 0), "layer1.0.conv2.weight": (0, 0, 0, 0)},
        {f"layer1.{index}.conv{k}.weight": (8, 8, 3, 3) for index in range(400) for k in (1, 2)},
        {f"{'a.' * 5000}weight": (64, 3, 7, 7)},
        {f"w{index}.weight": (1,) for index in range(130_000)},
        {"layer1.0.conv1.weight": (10**18, 10**18, 3, 3), "layer1.0.conv2.weight": (10**18, 10**18, 3, 3)},
        {"layer1.0.conv1.weight": (-1, -1, -3, -3), "layer1.0.conv2.weight": (-1, -1, -3, -3)},
    ],
)
def test_hostile_state_dicts(shapes: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(CheckError):
        check_shapes(shapes)


def test_numbers_of_thousands_of_digits() -> None:
    text = str(build(preset("resnet18"), device="meta")).replace("Conv2d(64, 128", f"Conv2d(64, {'9' * 300}")
    assert answered(text)
    table = torchsummary(build(preset("resnet18"), device="meta"), (3, 224, 224)).replace(" 128,", f" {'9' * 60},")
    assert answered(table)


def answered(text: str, meant: str | None = None) -> bool:
    """Whether there is an answer in words. Any exception but a refusal is raised."""
    try:
        report: Report = check(text, None if meant is None else preset(meant))
    except Refusal as refused:
        return len(str(refused)) > 20
    said = [report.sentence, *(entry.sentence for entry in report.differences), *report.assumed, report.why]
    return all(said) and "None" not in report.sentence.replace("None (plain", "")


@cache
def texts() -> list[str]:
    found = []
    for name, side in (
        ("resnet50", 224),
        ("resnet20", 32),
        ("preact_resnet164", 32),
        ("resnet50d", 224),
        ("keller_b", 32),
    ):
        net = build(preset(name), device="meta")
        found += [str(net), torchsummary(net, (3, side, side)), torchinfo_table(net, (3, side, side), depth=4)]
        found += [torchinfo_table(net, (3, side, side)), torchinfo_table(net, None, depth=4), state_text(net)]
    found += [str(on_meta(d2l)), str(on_meta(students, SmallSequentials))]
    return found  # fmt: skip


MEANT = st.sampled_from([None, None, "resnet18", "resnet20", "resnet50", "plain18", "preact_resnet110"])


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 31), st.floats(0, 1), st.floats(0, 1), MEANT)
def test_any_cut_is_answered(which: int, one: float, other: float, meant: str | None) -> None:
    text = texts()[which]
    start, end = sorted((int(one * len(text)), int(other * len(text))))
    assert answered(text[start:end], meant)


@pytest.mark.slow
@settings(max_examples=35)
@given(st.integers(0, 31), st.integers(0, 10**9), st.sampled_from([0.01, 0.1, 0.5]), MEANT)
def test_any_lines_may_be_missing(which: int, seed: int, share: float, meant: str | None) -> None:
    rng = random.Random(seed)
    lines = [line for line in texts()[which].splitlines() if rng.random() > share]
    assert answered("\n".join(lines), meant)
    assert answered("\n".join(line.strip() for line in lines), meant)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 31), st.integers(0, 10**9), MEANT)
def test_any_lines_may_be_shuffled(which: int, seed: int, meant: str | None) -> None:
    lines = texts()[which].splitlines()
    random.Random(seed).shuffle(lines)
    assert answered("\n".join(lines), meant)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.integers(0, 31), st.integers(0, 31), st.floats(0, 1), st.floats(0, 1), MEANT)
def test_any_two_texts_may_be_joined(one: int, other: int, end: float, start: float, meant: str | None) -> None:
    head, tail = texts()[one], texts()[other]
    assert answered(head[: int(end * len(head))] + "\n" + tail[int(start * len(tail)) :], meant)


@pytest.mark.slow
@settings(max_examples=30)
@given(st.integers(0, 31), st.integers(0, 10**9), MEANT)
def test_any_signs_may_be_others(which: int, seed: int, meant: str | None) -> None:
    rng = random.Random(seed)
    text = "".join(
        sign if rng.random() > 0.01 else rng.choice("0123456789()[]:,. \nabc├│└─-x") for sign in texts()[which][:20_000]
    )
    assert answered(text, meant)


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_text_at_all(text: str) -> None:
    assert answered(text)


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.dictionaries(
        st.from_regex(r"\A(layer\d\.\d|conv1|fc|x)(\.(conv\d|bn\d|downsample\.\d))?\.(weight|bias|running_mean)\Z"),
        st.lists(st.integers(0, 70), max_size=5).map(tuple),
        max_size=30,
    )
)
def test_any_state_dict_is_answered(shapes: dict[str, tuple[int, ...]]) -> None:
    try:
        assert check_shapes(shapes).sentence
    except Refusal as refused:
        assert str(refused)


def test_the_order_of_a_state_dict_does_not_matter_to_the_verdict() -> None:
    shapes = shapes_of(on_meta(torchvision.models.resnet50, weights=None))
    shuffled = list(shapes.items())
    random.Random(0).shuffle(shuffled)
    assert check_shapes(dict(sorted(shapes.items()))).config == check_shapes(shapes).config
    assert answered("\n".join(f"{name}: {shape}" for name, shape in shuffled))
