"""Whatever stands in a field or a link is answered, or refused with a sentence, within two seconds and 300 MB.

Texts are real ones with pieces cut out, repeated and exchanged, and signs that no reader expects; some are as long as
the field takes.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer.ui
from explorer import build, from_url, preset, to_url
from explorer.check import MAX_TEXT, check, check_shapes
from explorer.ideas.chain import parse_chain
from explorer.network.labels import in_words, stage_label
from explorer.network.presets import PRESETS
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import copied_number, parse_amount, positive_number, whole_number
from explorer.ui.state.markdown import readable
from explorer.ui.state.url_value import LONGEST, UrlValue
from explorer.weights.uploaded import class_names
from tests.check.cost import MOST_BYTES, MOST_S, cost_of
from tests.check.texts import TEXTS

SIGNS = "\0\n\r\t\x1b\x85\u2028\u200f²٣½│├─×’ﬁ🙂\ud800'\"`<>()[]{}.,:;|/\\~_-+=%0123456789 aAxZ"
NAMES = ("resnet18", "resnet20", "resnet50", "keller_b")


def answered(function: Callable[[], object], refusals: type[Exception] = Refusal) -> None:
    """Run a reader: it returns, or refuses with a sentence, and costs no more than it may."""

    def reading() -> None:
        try:
            function()
        except refusals as refused:
            assert len(str(refused)) > 20

    cost = cost_of(reading)
    assert cost.seconds < MOST_S and cost.peak < MOST_BYTES, cost


@cache
def real_texts() -> tuple[str, ...]:
    """Prints, tables and state dicts of real networks."""
    found = []
    for name in NAMES:
        net, config = build(preset(name), device="meta"), preset(name)
        shape = (config.in_channels, config.image_size, config.image_size)
        found += [text(net, shape) for text in TEXTS.values()]
    return tuple(found)


@st.composite
def mutated(draw: Any, texts: Callable[[], tuple[str, ...]], most: int) -> str:
    """A real text with up to six pieces changed."""
    text = draw(st.sampled_from(texts()))
    for _ in range(draw(st.integers(1, 6))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        piece = text[start:end]
        change = draw(st.sampled_from(("cut", "repeat", "signs", "exchange", "shorten", "lines")))
        if change == "repeat":
            piece *= draw(st.sampled_from((2, 3, 17, 400)))
        elif change == "signs":
            piece = draw(st.text(SIGNS, max_size=12)) * draw(st.sampled_from((1, 1, 50, 20_000)))
        elif change == "exchange":
            piece = piece.replace(draw(st.sampled_from(SIGNS)), draw(st.text(SIGNS, max_size=4)))
        elif change == "lines":
            piece = "\n".join(draw(st.permutations(piece.splitlines()[:30])))
        text = text[:start] + ("" if change == "cut" else piece[::3] if change == "shorten" else piece) + text[end:]
        text = text[:most]
    return text


@st.composite
def hostile(draw: Any, most: int) -> str:
    """A few signs, again and again up to the limit, perhaps in lines, after a beginning and before an end."""
    unit = draw(st.text(SIGNS, min_size=1, max_size=8)) * draw(st.sampled_from((1, 1, 30, 200)))
    unit += draw(st.sampled_from(("", "\n")))
    length = draw(st.sampled_from((1, 100, most // 8, most)))
    text = draw(st.text(SIGNS, max_size=6)) + unit * (length // len(unit)) + draw(st.text(SIGNS, max_size=6))
    return text[:most]


def fields(examples: tuple[str, ...], most: int) -> st.SearchStrategy[str]:
    return st.one_of(st.text(max_size=80), hostile(most), mutated(lambda: examples, most))


PASTED = st.one_of(mutated(real_texts, MAX_TEXT), hostile(MAX_TEXT))
MEANT = st.sampled_from([None, *NAMES]).map(lambda name: None if name is None else preset(name))


@pytest.mark.slow
@settings(max_examples=100)
@given(PASTED, MEANT)
def test_pasted_texts(text: str, meant: Any) -> None:
    answered(lambda: check(text, meant))


PARTS = st.one_of(
    st.sampled_from(["layer1", "layer2", "0", "1", "conv1", "bn1", "downsample", "fc", "weight", "bias"]),
    st.text(SIGNS, max_size=6),
)
MANY = ((1, ""), (30, ""), (3_000, ""), (30, "a." * 100), (1, "a." * 100_000))  # so many of each name, and their start
SHAPES = st.lists(st.sampled_from((0, 1, 3, 7, 64, 10**8, 10**18, -1)), max_size=6).map(tuple)


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.dictionaries(st.lists(PARTS, max_size=6).map(".".join), SHAPES, max_size=40),
    st.sampled_from(MANY),
    MEANT,
)
def test_state_dicts(shapes: dict[str, tuple[int, ...]], many: tuple[int, str], meant: Any) -> None:
    times, lead = many
    named = {f"{lead}{at or ''}{name}": shape for at in range(times) for name, shape in shapes.items()}
    answered(lambda: check_shapes(named, meant))


TYPED: dict[str, tuple[Callable[[str], object], tuple[str, ...], int]] = {
    "amount": (parse_amount, ("12 M", "2 GMACs", "12,000,000", "1.5e9 params"), 20_000),
    "copied number": (
        copied_number,
        ("4.12 GMac", "Params size (MB): 97.49", "3.8×10⁹", "25,636,712 (97.80 MB)"),
        20_000,
    ),
    "whole number": (lambda text: whole_number("Side", text), ("64", "1,024"), 20_000),
    "positive number": (lambda text: positive_number("Rate", text), ("0.1", "1e-3", "1_0"), 20_000),
    "chain": (parse_chain, ("7/2 p3, 3/2 p1, 1", "3x3/1 p2 d2; 3 × 3"), 20_000),
    "link": (from_url, tuple(map(to_url, map(preset, PRESETS))), 20_000),
    "stage": (stage_label, ("layer1", "stem"), 20_000),
    "class names": (lambda text: class_names(text, 2), ("cat\ndog", '["cat", "dog"]', '{"0": "a", "1": "b"}'), 10**6),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPED)
def test_typed_texts(name: str) -> None:
    reader, examples, most = TYPED[name]

    @settings(max_examples=100)
    @given(fields(examples, most))
    def every(text: str) -> None:
        answered(lambda: reader(text), ValueError)

    every()


@pytest.mark.slow
@settings(max_examples=50)
@given(fields(tuple(map(to_url, map(preset, NAMES))), 20_000))
def test_texts_that_are_said_again(text: str) -> None:
    answered(lambda: (readable(text), in_words(text)))


def link_values() -> Iterator[UrlValue[Any]]:
    """Every value that a page's link may have."""
    for found in pkgutil.walk_packages(explorer.ui.__path__, "explorer.ui."):
        for value in vars(importlib.import_module(found.name)).values():
            several = value if isinstance(value, tuple) else (value,)
            yield from (each for each in several if isinstance(each, UrlValue))


@pytest.mark.slow
def test_values_in_links() -> None:
    values = list({id(value): value for value in link_values()}.values())
    assert len(values) > 40

    @settings(max_examples=100)
    @given(st.data(), fields(("identity", "resnet50", "layer1.0.conv2"), 20_000))
    def every(data: st.DataObject, text: str) -> None:
        value = data.draw(st.sampled_from(values))
        asked = text if isinstance(value.default, str) else (text, *value.default)
        admitted = value._admitted(asked)
        for each in (admitted,) if isinstance(admitted, str) else admitted:
            assert each in value.options if value.options else len(each) <= LONGEST
        assert len(value._allowed()) > 10

    every()
