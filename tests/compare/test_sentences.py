"""Every figure in the words about two networks, worked out a second time; and words that stay right for any pair."""

import math
import re
from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from functools import cache
from itertools import permutations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.compare.budget import Measure
from explorer.compare.sentences import changes, clauses, explanation, headline, ratio, sentence, setting_changes, spoken
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.layer import Kind, Layer
from explorer.network.names import name_of
from explorer.network.options import Activation, Block, Init, Order, Shortcut, Stem, StrideIn
from explorer.network.presets import PRESETS, canonical, preset
from tests.network.formulas import COUNT, outcome, read
from tests.network.strategies import HEAVIEST, LONGEST, configs

PAIRS = list(product(PRESETS, repeat=2))
AMOUNT = r"[\d,]+(?:\.\d+)?(?: [kMGTP]\b)?"
TIMES = "\u00a0×"  # after a space that ends no line
RATIO = rf"(?:1/)?{AMOUNT}{TIMES}"
DEPTH = re.compile(
    r"(?:([\d,]+) (more|fewer) weighted (layers?) than (.+?) for|as many weighted layers as (.+?), with) "
)
CHANGE = re.compile(
    rf"(?P<its>its|the) (?P<part>[a-z1×3 ,]+?) "
    rf"(?P<verb>grows?|shrinks?|brings?|disappears?)(?: from (?P<before>{AMOUNT}) to| with their)? (?P<after>{AMOUNT}) "
    r"(?P<unit>weights|parameters|MACs)"
)


@cache
def arch_of(name: str) -> Architecture:
    return analyze(preset(name))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Architecture, Architecture]:
    """Two networks with nothing in common, or two that differ in a few settings."""
    one, other = draw(configs(small=False)), draw(configs(small=False))
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from([field.name for field in fields(ResNetConfig)]), max_size=3))
        if {"stage_blocks", "widths"} & set(names):
            names += ["stage_blocks", "widths"]
        try:
            other = replace(one, **{name: getattr(other, name) for name in names})
            analyze(other)
        except ValueError:
            assume(False)
    return analyze(one), analyze(other)


# What the sentence's parts are, told by what layers do rather than by their roles.
def _is_stem(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.stage == "stem"


def _is_3x3(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.block is not None and layer.kernel == 3


def _is_1x1(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.kernel == 1 and not layer.on_shortcut


def _is_projection(layer: Layer) -> bool:
    return layer.kind is Kind.CONV and layer.on_shortcut


PARTS: dict[str, Callable[[Layer], bool]] = {
    "stem": _is_stem,
    "convolution biases": lambda layer: layer.kind is Kind.CONV,
    "3×3 convolutions": _is_3x3,
    "1×1 convolutions": _is_1x1,
    "projections": _is_projection,
    "1×1 convolutions, projections included,": lambda layer: _is_1x1(layer) or _is_projection(layer),
    "norms": lambda layer: layer.kind is Kind.NORM,
    "classifier": lambda layer: layer.kind is Kind.LINEAR,
}


def amount_of(arch: Architecture, part: str, measure: Measure) -> int:
    amounts = [(layer, measure.of(layer)) for layer in arch.layers if PARTS[part](layer)]
    if part == "convolution biases":
        return sum(_biases(layer) for layer, _ in amounts) if measure is Measure.PARAMS else 0
    if measure is Measure.PARAMS:  # a convolution's weights, without its biases
        amounts = [(layer, amount - _biases(layer)) for layer, amount in amounts]
    return sum(amount for _, amount in amounts)


def _biases(layer: Layer) -> int:
    """What a convolution has beyond its weights."""
    if layer.kind is not Kind.CONV:
        return 0
    return layer.params - layer.kernel**2 * layer.input_shape[0] * layer.output_shape[0]


def says_amount(words: str, exact: int) -> bool:
    """Whether words such as ``25.6 M`` are a number rounded to three digits, or without a unit the number itself."""
    number = read(words, COUNT)
    return abs(number - exact) <= 0.005 * exact if words[-1].isalpha() else number == exact


def says_ratio(words: str, exact: float) -> bool:
    """Whether words such as ``1.17`` or ``1/2,500`` are a ratio, to three digits and to the last one written."""
    if words.startswith("1/"):
        return says_ratio(words.removeprefix("1/"), 1 / exact)
    number, decimals = float(words.replace(",", "")), len(words.partition(".")[2])
    error = abs(number - exact)
    return error <= 0.005 * exact and (not decimals or error <= 0.5000001 * 10**-decimals)


@given(st.integers(1, 10**15), st.integers(1, 10**15))
def test_a_ratio_says_its_number(value: int, base: int) -> None:
    _check_ratio(ratio(value, base), value, base)


@given(st.integers(1, 10**9), st.integers(-3, 3))
def test_a_ratio_close_to_one_is_never_said_to_be_one(base: int, more: int) -> None:
    assume(base + more > 0)
    words = ratio(base + more, base)
    _check_ratio(words, base + more, base)
    assert (words == "the same") is (more == 0)


def _check_ratio(words: str, value: int, base: int) -> None:
    if words == "the same":
        assert value == base
        return
    number = words.removesuffix(TIMES)
    assert words.endswith(TIMES)
    assert value != base
    assert "e" not in number
    if number == "just about 1":
        assert value / base == 1.0
    else:
        assert says_ratio(number, value / base), (words, value / base)
        assert number not in ("1", "1.00")


@pytest.mark.parametrize(
    ("value", "base", "words"),
    [
        (25_557_032, 21_797_672, "1.17 ×"),
        (1, 2, "0.500 ×"),
        (9, 10_000, "1/1,110 ×"),
        (169, 10, "16.9 ×"),
        (9_996, 10, "1,000 ×"),
        (9_994, 10, "999 ×"),
        (12_345_678, 10, "1,230,000 ×"),
        (100_001, 100_000, "1.00001 ×"),
        (10**18 + 1, 10**18, "just about 1 ×"),
        (7, 7, "the same"),
    ],
)
def test_ratios_have_three_digits(value: int, base: int, words: str) -> None:
    assert ratio(value, base) == words.replace(" ×", TIMES)


def test_the_headline_of_resnet_34_against_50() -> None:
    rows = headline([arch_of("resnet34"), arch_of("resnet50")])
    assert [(row.label, row.values, row.ratios) for row in rows] == [
        ("Parameters", ("21,797,672", "25,557,032"), ("", f"1.17{TIMES}")),
        ("MACs", ("3.66 G", "4.09 G"), ("", f"1.12{TIMES}")),
        ("Activation memory", ("48.1 MiB", "143 MiB"), ("", f"2.98{TIMES}")),
        ("Weighted layers", ("34", "50"), ("", f"1.47{TIMES}")),
        ("Receptive field", ("899 px", "427 px"), ("", f"0.475{TIMES}")),
    ]


@given(st.lists(configs(small=False), min_size=1, max_size=4))
def test_any_headline_is_of_the_networks_own_numbers(several: list[ResNetConfig]) -> None:
    archs = [analyze(config) for config in several]
    rows = headline(archs)
    for row, number in zip(rows, ("params", "macs", "activation_bytes", "depth", "receptive_field"), strict=True):
        assert row.numbers == tuple(getattr(arch, number) for arch in archs)
        assert row.ratios[0] == ""
        assert len(row.values) == len(row.ratios) == len(archs)
        for words, value in zip(row.ratios[1:], row.numbers[1:], strict=True):
            _check_ratio(words, value, row.numbers[0])


def test_no_network_has_no_headline() -> None:
    with pytest.raises(ValueError, match="0 networks to compare: choose at least one"):
        headline([])


def test_the_sentence_every_class_asks_for() -> None:
    assert said(arch_of("resnet34"), arch_of("resnet50")) == (
        "ResNet-50 (v1.5) has 16 more weighted layers than ResNet-34 for 1.17 × the parameters and 1.12 × the MACs: "
        "its 3×3 convolutions shrink from 21.1 M to 11.3 M weights, while its 1×1 convolutions, projections included, "
        "grow from 172 k to 12.1 M weights and its classifier grows from 513 k to 2.05 M parameters."
    )


def test_the_same_parameters_for_fewer_macs() -> None:
    # 256·128·(56² − 28²) fewer in each of three stages, of (36,864·56² + ...) = 1.76 G in all
    assert said(arch_of("resnet50"), arch_of("resnet50_v1")) == (
        "ResNet-50 (v1) has as many weighted layers as ResNet-50 (v1.5), with exactly the same number of parameters "
        "and 0.943 × the MACs: it strides in the first 1×1 (v1) rather than in the 3×3 (v1.5); its 1×1 convolutions "
        "shrink from 1.76 G to 1.53 G MACs."
    )


def test_small_changes_are_put_down_to_the_settings_that_make_them() -> None:
    """No role grows because of a bias, and MACs that go elsewhere than parameters have a reason of their own."""
    assert said(arch_of("resnet50"), arch_of("keras_resnet50")) == (
        # a bias for each channel of each convolution: half of the norms' 53,120 parameters
        "Keras's ResNet-50 has as many weighted layers as ResNet-50 (v1.5), with 1.001 × the parameters and 0.943 × "
        "the MACs: it strides in the first 1×1 (v1) rather than in the 3×3 (v1.5), has biases in its convolutions and "
        "has Xavier initialisation rather than He initialisation (fan out); its convolution biases bring 26.6 k "
        "parameters; its 1×1 convolutions shrink from 1.76 G to 1.53 G MACs."
    )
    assert said(arch_of("resnet50"), analyze(replace(preset("resnet50"), order="pre"))) == (
        "Pre-activation ResNet-50 (v1.5) has as many weighted layers as ResNet-50 (v1.5), with 0.9997 × the "
        "parameters and exactly the same number of MACs: it is in pre-activation order (2016) rather than "
        "post-activation order (2015); its norms shrink from 53.1 k to 45.4 k parameters."
    )


def test_macs_of_another_family_have_a_reason_of_their_own() -> None:
    """The deep stem has hardly more weights, and at 112×112 they cost 6 % of the network."""
    assert said(arch_of("resnet50"), arch_of("resnet50d")).endswith(
        " for 1.001 × the parameters and 1.06 × the MACs: it has projections behind an average pool (ResNet-D) rather "
        "than projections where the shape changes (B) and begins with three 3×3 with a max pool (deep stem) rather "
        "than a 7×7 with a max pool; its stem grows from 9,408 to 28.5 k weights; its stem grows from 118 M to 358 M "
        "MACs."
    )


def test_an_image_is_said_once() -> None:
    text = said(arch_of("resnet50"), analyze(replace(preset("resnet50"), image_size=448)))
    assert ", on images of 3×448×448 in place of 3×224×224: its stages start from maps of 112×112 in place of" in text
    assert text.count("448×448") == 1
    assert "224 px" not in text
    same = said(arch_of("resnet50"), analyze(replace(preset("resnet50"), image_size=223)))
    assert same.endswith("on images of 3×223×223 in place of 3×224×224: every layer's map is as large all the same.")


def said(first: Architecture, second: Architecture) -> str:
    """The sentence with plain spaces, once every sign has been found to stay on its line."""
    text = sentence(first, second)
    assert " ×" not in text
    return text.replace("\u00a0", " ")


BASE = preset("resnet18")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({}, "Both are ResNet-18: every layer, parameter and MAC is the same."),
        ({"stride_in": "1x1"}, "Both are ResNet-18: every layer"),  # a basic block has no such choice
        ({"activation": "gelu"}, "numbers of parameters and MACs: it activates with GELU rather than ReLU."),
        (
            {"zero_init_residual": True, "init": "xavier"},
            "it has zero-initialised branches and has Xavier initialisation rather than He initialisation (fan out).",
        ),
        ({"shortcut": "none"}, "the MACs: it has no shortcuts; the projections disappear with their 172 k weights."),
        ({"shortcut": "A"}, "the projections disappear with their 172 k weights."),
        ({"norm": "none"}, "it has no norms; the norms disappear with their 9,600 parameters."),
        ({"image_size": 64}, "on images of 3×64×64 in place of 3×224×224: its stages start from maps of 16×16 in"),
        ({"in_channels": 1}, "on images of 1×224×224 in place of 3×224×224: its stem shrinks from 9,408 to 3,136 w"),
        (
            {"num_classes": 1001},
            "1.00004 × the parameters and 1.0000003 × the MACs: it has 1,001 classes rather than 1,000; its classifier "
            "grows from 513 k to 514 k parameters.",
        ),
        (
            {"num_classes": 1},
            "it has 1 class rather than 1,000; its classifier shrinks from 513 k to 513 parameters.",
        ),
        (
            {"conv_bias": True},
            "it has biases in its convolutions; its convolution biases bring 4,800 parameters.",
        ),
        ({"block": "bottleneck"}, "ResNet-26 (bottlenecks, v1.5) has 8 more weighted layers than ResNet-18 for"),
        ({"stem": "deep"}, "has 2 more weighted layers than ResNet-18 for"),
    ],
)
def test_one_change_is_said_in_words(change: dict[str, object], part: str) -> None:
    changed = replace(BASE, **change)  # type: ignore[arg-type]
    assert part in said(analyze(BASE), analyze(changed))


def test_one_layer_is_a_layer() -> None:
    single = ResNetConfig(block=Block.BOTTLENECK, stage_blocks=(1,), widths=(8,), image_size=32)
    wider = replace(single, block=Block.BASIC)
    assert " has 1 fewer weighted layer than " in sentence(analyze(single), analyze(wider))
    assert " has 1 more weighted layer than " in sentence(analyze(wider), analyze(single))


def test_every_sentence_about_two_presets_is_true() -> None:
    for first, second in PAIRS:
        _check_sentence(arch_of(first), arch_of(second))


@settings(max_examples=300)
@given(pairs())
def test_every_sentence_about_any_pair_is_true(pair: tuple[Architecture, Architecture]) -> None:
    _check_sentence(*pair)


def test_sentences_about_the_largest_networks_are_true() -> None:
    for first, second in ((HEAVIEST, LONGEST), (LONGEST, preset("resnet20")), (preset("resnet20"), HEAVIEST)):
        _check_sentence(analyze(first), analyze(second))


def _check_sentence(first: Architecture, second: Architecture) -> None:
    text = sentence(first, second)
    one, other = spoken(first.config), spoken(second.config)
    assert text.endswith(".")
    assert not re.search(r"  | ×|\\s\\s| ,|\.\.|;;|: \.|\b0 (more|fewer)|nan|None\b(?! \()", text)
    if canonical(first.config) == canonical(second.config):
        assert text == f"Both are {one}: every layer, parameter and MAC is the same."
        return
    assert text.startswith(f"{other} has ")
    rest = text.removeprefix(f"{other} has ")
    rest = rest[_check_depth(rest, first, second, one) :]
    totals, colon, why = rest.partition(": ")
    assert colon
    _check_totals(totals, first, second)
    _check_reasons(why.removesuffix("."), first, second)


def _check_depth(text: str, first: Architecture, second: Architecture, name: str) -> int:
    found = DEPTH.match(text)
    assert found
    count, direction, noun, compared, level_with = found.groups()
    assert name in (compared, level_with)
    if level_with:
        assert first.depth == second.depth
    else:
        deeper = int(count.replace(",", "")) * (1 if direction == "more" else -1)
        assert deeper == second.depth - first.depth
        assert (noun == "layer") is (abs(deeper) == 1)
    return found.end()


def _check_totals(text: str, first: Architecture, second: Architecture) -> None:
    images = [(arch.config.in_channels, arch.config.image_size, arch.config.image_size) for arch in (first, second)]
    found = re.search(r", on images of ([\d×,]+) in place of ([\d×,]+)$", text)
    if images[0] == images[1]:
        assert found is None
    else:
        assert found
        said = [tuple(int(side.replace(",", "")) for side in group.split("×")) for group in found.groups()]
        assert said == images[::-1]
        text = text[: found.start()]
    if text == "exactly the same numbers of parameters and MACs":
        assert (first.params, first.macs) == (second.params, second.macs)
        return
    params, macs = text.split(" and ")
    for words, value, base in ((params, second.params, first.params), (macs, second.macs, first.macs)):
        match = re.fullmatch(rf"(?:({RATIO}) the|exactly the same number of) (parameters|MACs)", words)
        assert match, words
        _check_ratio(match[1] or "the same", value, base)


def _check_reasons(why: str, first: Architecture, second: Architecture) -> None:
    reasons = why.split("; ")
    sides = [arch.unit_layers("stem")[-1].output_shape[1] for arch in (first, second)]
    maps = [reason for reason in reasons if reason.startswith("its stages start from maps")]
    wanted = f"its stages start from maps of {sides[1]:,}×{sides[1]:,} in place of {sides[0]:,}×{sides[0]:,}"
    assert maps == ([wanted] if sides[0] != sides[1] else [])
    moves = [reason for reason in reasons if CHANGE.match(reason)]
    causes = [reason for reason in reasons if reason.startswith("it ")]
    memory = [reason for reason in reasons if reason.startswith("its activations take ")]
    nothing = [reason for reason in reasons if reason == "every layer's map is as large all the same"]
    assert reasons == causes + moves[:1] + maps + moves[1:] + memory + nothing or reasons == causes + maps + moves
    basic = [part for part in PARTS if not part.endswith(",")]
    params_move, macs_move = (
        any(amount_of(first, part, measure) != amount_of(second, part, measure) for part in basic)
        for measure in (Measure.PARAMS, Measure.MACS)
    )
    wanted_moves = [Measure.PARAMS] * params_move
    wanted_moves += [Measure.MACS] * (macs_move and (not params_move or _macs_need_a_reason(first, second)))
    for reason, measure in zip(moves, wanted_moves, strict=True):
        _check_moves(reason, first, second, measure)
    assert bool(memory) is (not moves and first.activation_bytes != second.activation_bytes)
    for reason in memory:
        words = re.fullmatch(rf"its activations take ({RATIO}) the memory", reason)
        assert words
        _check_ratio(words[1], second.activation_bytes, first.activation_bytes)
    _check_causes(causes, first.config, second.config, params_move=params_move)
    if nothing:
        shapes = [[layer.output_shape for layer in arch.layers] for arch in (first, second)]
        assert shapes[0] == shapes[1]
        assert first.config.image_size != second.config.image_size


def _macs_need_a_reason(first: Architecture, second: Architecture) -> bool:
    """Whether the parameters' reasons, and the maps, leave open why the MACs are what they are."""
    params, macs = Fraction(second.params, first.params), Fraction(second.macs, first.macs)
    sides = [arch.unit_layers("stem")[-1].output_shape[1] for arch in (first, second)]
    area = Fraction(sides[1] ** 2, sides[0] ** 2)
    low, high = sorted((float(params) ** 0.5, float(params) ** 2))
    if abs(math.log(macs)) <= 0.01 or low <= macs <= high or abs(math.log(macs / params)) <= 0.01:
        return False
    # The maps explain it where the MACs are nearer to the parameters times the area than half way (of factors).
    return area == 1 or abs(math.log(macs / (params * area))) > abs(math.log(macs / params)) / 2


def _check_causes(causes: list[str], first: ResNetConfig, second: ResNetConfig, *, params_move: bool) -> None:
    """The settings are named where they are the cause, each once, the image left to the ratios."""
    before, after = canonical(first), canonical(second)
    found = clauses(first, second)
    idle = inactive_fields(second)
    assert list(found) == [
        field.name
        for field in fields(before)
        if getattr(before, field.name) != getattr(after, field.name) and field.name not in idle
    ]
    wanted = [text for name, text in found.items() if name not in ("in_channels", "image_size")]
    alike = (first.block, first.stage_blocks, first.widths) == (second.block, second.stage_blocks, second.widths)
    if not wanted or (params_move and not alike):
        assert causes == []
        return
    (cause,) = causes
    *before_last, last = wanted
    assert cause == "it " + (f"{', '.join(before_last)} and {last}" if before_last else last)


def _check_moves(text: str, first: Architecture, second: Architecture, measure: Measure) -> None:
    """Each figure is the part's own, and nothing that moves more is left out."""
    directions = [[match.groupdict() for match in CHANGE.finditer(half)] for half in text.split(", while ")]
    assert CHANGE.sub("", text).replace(", while ", "").replace(" and ", "") == ""
    deltas = {part: amount_of(second, part, measure) - amount_of(first, part, measure) for part in PARTS}
    merged = deltas["1×1 convolutions"] * deltas["projections"] > 0
    for part in ("1×1 convolutions", "projections") if merged else ("1×1 convolutions, projections included,",):
        del deltas[part]
    assert sum(deltas.values()) == measure.total(second) - measure.total(first)
    signs = []
    for said in directions:
        assert 1 <= len(said) <= 2
        values = [_check_change(change, first, second, measure) for change in said]
        signs.append(values[0] > 0)
        assert len({value > 0 for value in values}) == 1
        largest = sorted((abs(delta) for delta in deltas.values() if delta * values[0] > 0), reverse=True)
        assert [abs(value) for value in values] == largest[: len(values)]
        assert len(said) == 2 or largest[1:] == [] or largest[1] < 0.05 * sum(largest)
    assert signs in ([False], [True], [False, True])  # what is saved comes first
    moved = {
        sign: sum(abs(delta) for delta in deltas.values() if delta and (delta > 0) is sign) for sign in (True, False)
    }
    assert all(moved[sign] < 0.05 * moved[not sign] for sign in (True, False) if sign not in signs)


def _check_change(said: dict[str, str], first: Architecture, second: Architecture, measure: Measure) -> int:
    before, after = (amount_of(arch, said["part"], measure) for arch in (first, second))
    singular = said["part"] in ("stem", "classifier")
    assert said["verb"].endswith("s") is singular
    match said["verb"].removesuffix("s"):
        case "grow" | "shrink" as verb:
            assert 0 < before < after if verb == "grow" else before > after > 0
            assert says_amount(said["before"], before)
            assert says_amount(said["after"], after)
            assert said["before"] != said["after"]
        case "bring":
            assert before == 0
            assert says_amount(said["after"], after)
        case "disappear":
            assert after == 0
            assert says_amount(said["after"], before)
    assert said["its"] == ("its" if after else "the")
    if measure is Measure.MACS:
        assert said["unit"] == "MACs"
    elif said["unit"] == "weights":  # nothing but weights: no biases, scales or shifts
        layers = [layer for arch in (first, second) for layer in arch.layers if PARTS[said["part"]](layer)]
        assert all(layer.kind is Kind.CONV for layer in layers)
    else:
        assert said["unit"] == "parameters"
    return after - before


OPTIONS = {
    "block": Block,
    "shortcut": Shortcut,
    "stem": Stem,
    "activation": Activation,
    "order": Order,
    "stride_in": StrideIn,
    "init": Init,
}


@pytest.mark.parametrize("field", OPTIONS)
def test_every_option_has_words_of_its_own_on_either_side(field: str) -> None:
    words: dict[str, set[str]] = {}
    for was, now in permutations(OPTIONS[field], 2):
        one, other = (replace(preset("resnet50"), **{field: option}) for option in (was, now))
        text = clauses(one, other)[field]
        verb = re.match(r"is made of|begins with|activates with|strides|is in|has", text)
        assert verb
        said_now, than, said_was = text.removeprefix(f"{verb[0]} ").partition(" rather than ")
        words.setdefault(now, set()).add(said_now)
        if than:
            words.setdefault(was, set()).add(said_was)
        else:
            assert text == "has no shortcuts"
    assert words.keys() == set(OPTIONS[field])
    assert {len(texts) for texts in words.values()} == {1}
    assert len({text for (text,) in words.values()}) == len(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"block": "basic"}, "is made of basic blocks rather than bottlenecks"),
        ({"stage_blocks": (3, 4, 23, 3)}, "has 3-4-23-3 blocks in its stages rather than 3-4-6-3"),
        ({"widths": (32, 64, 128, 256)}, "has widths of 32-64-128-256 rather than 64-128-256-512"),
        ({"shortcut": "none"}, "has no shortcuts"),
        ({"shortcut": "C"}, "has projections in every block (C) rather than projections where the shape changes (B)"),
        ({"stem": "cifar"}, "begins with a 3×3 at full resolution rather than a 7×7 with a max pool"),
        ({"activation": "gelu"}, "activates with GELU rather than ReLU"),
        ({"norm": "none"}, "has no norms"),
        ({"order": "pre"}, "is in pre-activation order (2016) rather than post-activation order (2015)"),
        ({"stride_in": "1x1"}, "strides in the first 1×1 (v1) rather than in the 3×3 (v1.5)"),
        ({"conv_bias": True}, "has biases in its convolutions"),
        ({"shortcut_norm": False}, "has no norm after its projections"),
        ({"zero_init_residual": True}, "has zero-initialised branches"),
        ({"init": "xavier"}, "has Xavier initialisation rather than He initialisation (fan out)"),
        ({"num_classes": 100}, "has 100 classes rather than 1,000"),
        ({"in_channels": 1}, "reads grey images rather than colour ones"),
        ({"in_channels": 4}, "reads 4-channel images rather than colour ones"),
        ({"image_size": 448}, "reads images of 448×448 rather than 224×224"),
        (
            {"activation": "tanh", "conv_bias": True, "num_classes": 10},
            "activates with tanh rather than ReLU, has biases in its convolutions and has 10 classes rather than 1,000",
        ),
    ],
)
def test_settings_are_said_as_a_person_would(change: dict[str, object], words: str) -> None:
    changed = replace(preset("resnet50"), **change)  # type: ignore[arg-type]
    assert setting_changes(preset("resnet50"), changed) == words


def test_settings_are_said_the_other_way_round() -> None:
    rich = replace(preset("resnet50"), norm="none", conv_bias=True, zero_init_residual=True)
    assert setting_changes(rich, preset("resnet50")) == (
        "has batch norms, has no biases in its convolutions and has branches that do not start at zero"
    )
    bare = replace(preset("resnet50"), shortcut_norm=False)
    assert setting_changes(bare, preset("resnet50")) == "has a norm after each projection"


def test_a_choice_that_the_other_network_has_not_is_held_against_nothing() -> None:
    assert setting_changes(preset("resnet34"), preset("resnet50_v1")) == (
        "is made of bottlenecks rather than basic blocks and strides in the first 1×1 (v1)"
    )
    assert setting_changes(preset("resnet50_v1"), preset("resnet34")) == (
        "is made of basic blocks rather than bottlenecks"
    )


@given(configs(), configs())
def test_no_clause_needs_commas_or_looks_like_a_form(one: ResNetConfig, other: ResNetConfig) -> None:
    for name, text in clauses(one, other).items():
        assert re.match(r"(has|is|begins|activates|strides|reads) ", text)
        assert not re.search(r"[“”;:_]|None|instead", text)
        assert "," not in re.sub(r"\d,\d", "", text), name


@given(configs())
def test_a_name_is_spoken_with_all_it_says(config: ResNetConfig) -> None:
    words = spoken(config)
    assert re.sub(r"[(),]", "", words) == re.sub(r"[(),]", "", name_of(config))
    assert words.count("(") == words.count(")") <= 1
    assert ")," not in words


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (preset("resnet34"), "ResNet-34"),
        (preset("resnet50"), "ResNet-50 (v1.5)"),
        (preset("resnet20"), "ResNet-20 (CIFAR)"),
        (preset("keller_b"), "KellerJordan's ResNet-32 (CIFAR, B)"),
        (
            ResNetConfig(block=Block.BASIC, stage_blocks=(3, 4, 6), widths=(64, 128, 256)),
            "ResNet-28 (blocks 3-4-6, widths 64-128-256)",
        ),
    ],
)
def test_names_are_spoken_without_commas_in_the_way(config: ResNetConfig, words: str) -> None:
    assert spoken(config) == words


@pytest.mark.parametrize("measure", [Measure.PARAMS, Measure.MACS])
def test_changes_add_up_for_every_pair_of_presets(measure: Measure) -> None:
    for first, second in PAIRS:
        found = changes(arch_of(first), arch_of(second), measure)
        assert sum(change.value for change in found) == measure.total(arch_of(second)) - measure.total(arch_of(first))
        assert all(change.value for change in found)


def test_memory_belongs_to_no_part() -> None:
    with pytest.raises(ValueError, match="'memory' belongs to no part with weights: ask for params or macs"):
        changes(arch_of("resnet34"), arch_of("resnet50"), Measure.MEMORY)


def test_the_explanation_has_the_bottlenecks_own_arithmetic() -> None:
    assert explanation(arch_of("resnet34"), arch_of("resnet50")) == (
        # 21,086,208 / 21,797,672 and 11,317,248 / 25,557,032
        "3×3 convolutions hold 96.7 % of the parameters of ResNet-34 and 44.3 % of the parameters of ResNet-50 (v1.5).",
        "Stage 4 changes most, from 13,114,368 to 14,964,736 parameters: +1.85 M, where all stages together make "
        "+3.76 M.",
        "A bottleneck at 256 channels has 1·1·256·64 + 3·3·64·64 + 1·1·64·256 = 69,632 weights; two 3×3 convolutions "
        "at 256 channels would have 2·3·3·256·256 = 1,179,648, 16.9 times as many.",
    )


def test_stages_that_change_alike_are_named_together() -> None:
    assert explanation(arch_of("resnet50"), arch_of("resnet50_v1")) == (
        "Stage 2, stage 3 and stage 4 change most, each by −77.1 M MACs, where all stages together make −231 M.",
    )
    assert explanation(arch_of("resnet50"), arch_of("resnet50")) == ()


@settings(max_examples=200)
@given(pairs())
def test_every_explanation_is_true(pair: tuple[Architecture, Architecture]) -> None:
    first, second = pair
    lines = explanation(first, second)
    blocks = {first.config.block, second.config.block}
    assert any(line.startswith("A bottleneck at") for line in lines) <= (len(blocks) == 2)
    for line in lines:
        assert line.endswith(".")
        if line.startswith("A bottleneck"):
            sums = re.findall(r"[\d·+, ]+ = [\d,]+\d", line)
            assert len(sums) == 2
            for text in sums:
                outcome(text.strip())
        elif line.startswith("3×3"):
            shares = [float(share) for share in re.findall(r"([\d.]+) %", line)]
            for share, arch in zip(shares, pair, strict=True):
                assert share == pytest.approx(
                    100 * amount_of(arch, "3×3 convolutions", Measure.PARAMS) / arch.params, abs=0.051
                )
        else:
            _check_stage_line(line, first, second)


def _check_stage_line(line: str, first: Architecture, second: Architecture) -> None:
    measure = Measure.MACS if " MACs" in line else Measure.PARAMS
    words, _, _ = line.lower().partition(", which only ")
    names = re.findall(r"stage \d|the stem|the head", words)
    amounts: list[dict[str, int]] = [{}, {}]
    for found, arch in zip(amounts, (first, second), strict=True):
        for layer in arch.layers:
            name = f"the {layer.stage}" if layer.stage in ("stem", "head") else layer.stage.replace("layer", "stage ")
            found[name] = found.get(name, 0) + measure.of(layer)
    before, after = amounts
    deltas = {name: after.get(name, 0) - before.get(name, 0) for name in before | after}
    most = max(map(abs, deltas.values()))
    assert {abs(deltas[name]) for name in names} == {most}
    alone = re.search(r", which only (.+) has, (brings most|takes most away): ([\d,]+) (parameters|MACs), where", line)
    assert bool(alone) is (len(names) == 1 and (names[0] in before) != (names[0] in after))
    signed = re.findall(rf"([+−±])({AMOUNT})", line)
    totals = (sum(deltas.values()),) if alone else (deltas[names[0]], sum(deltas.values()))
    for (sign, number), exact in zip(signed, totals, strict=True):
        assert sign == ("+" if exact > 0 else "−" if exact < 0 else "±")
        assert says_amount(number, abs(exact)) if exact else number == "0"
    if alone:
        owner, does, amount, noun = alone.groups()
        brings = names[0] in after
        assert owner == spoken((second if brings else first).config)
        assert does == ("brings most" if brings else "takes most away")
        assert (int(amount.replace(",", "")), noun) == (most, measure.noun)
    elif len(names) == 1:
        range_said = re.search(r"from ([\d,]+) to ([\d,]+) (parameters|MACs)", line)
        assert range_said
        assert [int(text.replace(",", "")) for text in range_said.groups()[:2]] == [before[names[0]], after[names[0]]]


def test_a_stage_that_only_one_network_has_is_said_to_be_its_own() -> None:
    assert explanation(arch_of("resnet20"), arch_of("resnet50"))[1] == (
        "Stage 4, which only ResNet-50 (v1.5) has, brings most: 14,964,736 parameters, where all stages together make "
        "+25.3 M."
    )
    assert explanation(arch_of("resnet50"), arch_of("resnet20"))[1] == (
        "Stage 4, which only ResNet-50 (v1.5) has, takes most away: 14,964,736 parameters, where all stages together "
        "make −25.3 M."
    )
