"""The sentence about two networks read back: every figure in it is worked out a second time."""

import math
import re
from dataclasses import fields
from fractions import Fraction

from explorer.compare.budget import Measure
from explorer.compare.sentences import clauses, difference_sentence
from explorer.network.architecture import Architecture
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.layer import Kind
from explorer.network.names import spoken
from explorer.network.presets import canonical
from tests.compare.sentences.pairs import (
    AMOUNT,
    PARTS,
    RATIO,
    TIMES,
    amount_of,
    says_amount,
    says_ratio,
)

DEPTH = re.compile(
    r"(?:([\d,]+) (more|fewer) weighted (layers?) than (.+?) for|as many weighted layers as (.+?), with) "
)
CHANGE = re.compile(
    rf"(?P<its>its|the) (?P<part>[a-z1×3 ,-]+?) "
    rf"(?P<verb>grows?|shrinks?|brings?|disappears?)(?: from (?P<before>{AMOUNT}) to| with their)? (?P<after>{AMOUNT}) "
    r"(?P<unit>weights|parameters|MACs)"
)


def check_ratio(words: str, value: int, base: int) -> None:
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


def check_sentence(first: Architecture, second: Architecture) -> None:
    text = difference_sentence(first, second)
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
        check_ratio(match[1] or "the same", value, base)


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
        check_ratio(words[1], second.activation_bytes, first.activation_bytes)
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
    # Where both totals hardly move, what is said of the parameters is enough if the MACs of each part go the same way.
    deltas = [
        [amount_of(second, part, measure) - amount_of(first, part, measure) for part in PARTS]
        for measure in (Measure.PARAMS, Measure.MACS)
    ]
    same_way = all(not of_macs or of_params * of_macs > 0 for of_params, of_macs in zip(*deltas, strict=True))
    if max(abs(math.log(params)), abs(math.log(macs))) <= 0.05 and same_way:
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
