"""What is pasted has bounds, which are checked first, and within them no text takes long or much memory.

Times are CPU times, and compared with those of a text an eighth as long, or far above what the slowest of them takes.
"""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from explorer import build, preset
from explorer.check import MAX_TEXT, CheckError, check, check_shapes
from explorer.check.formats.limits import MAX_DEPTH, MAX_LAYERS, MAX_NAME
from tests.check.cost import MOST_BYTES, MOST_S, Cost, cost_of

FLOOR_S = 0.05
CONV = "Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))"


def refusal(what: str | Mapping[str, tuple[int, ...]]) -> str:
    with pytest.raises(CheckError) as refused:
        check(what) if isinstance(what, str) else check_shapes(what)
    return str(refused.value)


def seconds(text: str, times: int = 3) -> float:
    """The least CPU time of several refusals."""
    return min(cost_of(lambda: refusal(text)).seconds for _ in range(times))


def filled(piece: str, length: int = MAX_TEXT) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def table(rows: list[str]) -> str:
    """torchsummary's, ending with the one block that it has."""
    lines = [f"{row}-{at} [-1, 8, 8, 8] 576" for at, row in enumerate([*rows, "BasicBlock"], start=1)]
    return "\n".join(["Layer (type)", *lines])


def blocks(count: int) -> str:
    """A stage of blocks, none like another, with as many norms as a block may have."""
    norms = "".join(f"      (y{at}): BatchNorm2d(8)\n" for at in range(180))
    return "".join(
        f"  (layer{stage}): Sequential(\n"
        + "".join(
            f"    ({at}): BasicBlock(\n      (x{at}): {CONV}\n      (w{at}): {CONV}\n{norms}    )\n"
            for at in range(count)
        )
        + "  )\n"
        for stage in range(1, 5)
    )


def keras(rows: list[tuple[str, str, str]]) -> str:
    """Keras's table of rows with a name, a class and the layers that they read."""
    lines = [f"{name} ({kind})  (None, 8, 8, 8)  576  {sources}" for name, kind, sources in rows]
    return "\n".join(lines)


def encoders(count: int) -> str:
    """A network of several, each with a stem and two stages."""
    stage = f"Sequential(\n      (0): BasicBlock(\n        (a): {CONV}\n        (b): {CONV}\n      )\n    )\n"
    inside = f"    (stem): {CONV.replace('8', '3', 1)}\n    (layer1): {stage}    (layer2): {stage}"
    return "N(\n" + "".join(f"  (e{at}): E(\n{inside}  )\n" for at in range(count)) + ")"


# Each took seconds to minutes, a time that grew with the square of the length. Made at a share of its full length.
SLOW: Mapping[str, Callable[[float], str]] = {
    "empty lines after a sign": lambda share: "x" + "\n" * int(40_000 * share),
    "lines of a space": lambda share: "x" + " \n" * int(40_000 * share),
    "lines of spaces": lambda share: "x" + filled(" " * 100 + "\n", int(MAX_TEXT * share) - 1),
    "names of hyphens": lambda share: filled("-a" * 95 + ".bias" + " " * 80 + "\n", int(MAX_TEXT * share / 16)),
    "rows of shortcuts": lambda share: table(["Shortcut"] * int(19_000 * share)),
    "rows of pools": lambda share: table(["Conv2d"] * 4 + ["MaxPool2d"] * int(19_000 * share)),
    "closing brackets": lambda share: (
        "N(\n  (b): ReLU()\n" + "    (a): ReLU()\n" * int(19_000 * share) + "     )\n" * int(40_000 * share)
    ),
    "encoders": lambda share: encoders(int(1_800 * share)),
    "sums of one name": lambda share: keras(
        [(f"c{at}", "Conv2D", f"c{at - 1}[0][0]") for at in range(int(1_600 * share))]
        + [("sum", "Add", f"c{int(1_600 * share) - 1}[0][0] x[0][0]")] * int(1_600 * share)
    ),
}
# Each was, or could be, long for the largest text: what is asked of them is an answer within bounds.
LONG: Mapping[str, Callable[[], str | Mapping[str, tuple[int, ...]]]] = {
    **{name: lambda make=make: make(1.0) for name, make in SLOW.items()},
    "19,900 convolutions": lambda: "N(\n" + "".join(f"  (c{at}): {CONV}\n" for at in range(19_900)),
    "19,900 convolutions in one block": lambda: "N(\n  (0): BasicBlock(\n" + f"    (c): {CONV}\n" * 19_900,
    "19,000 rows": lambda: table(["Conv2d"] * 19_000),
    "19,000 rows, each third a block": lambda: table(["Conv2d", "Conv2d", "BasicBlock"] * 6_300),
    "19,000 rows of torchinfo": lambda: "".join(f"├─Conv2d: 1-{at} [1, 8, 8, 8] 576\n" for at in range(19_000)),
    "brackets behind a layer": lambda: "(a): A() (b): B(3" + ")" * 1_000_000,
    "two layers that read each other": lambda: keras(
        [
            ("a", "Conv2D", "b[0][0]"),
            ("b", "Conv2D", "a[0][0]"),
            *[("sum", "Add", "a[0][0] x[0][0]")] * 50,
            ("sum", "Add", "y[0][0] x[0][0]"),
        ]
    ),
    "100,000 missing keys": lambda: "Missing key(s) in state_dict: " + ", ".join(f'"a{at}.w"' for at in range(100_000)),
    "a line of everything": lambda: filled("(a): A([1, 2]) '│ ├─"),
    "brackets": lambda: filled("(" * 590 + "\n"),
    "bars": lambda: filled("│ " * 290 + "\n"),
    "arguments": lambda: filled("(a): Conv2d(" + "," * 500 + ")\n"),
    "tabs": lambda: filled("x\t" * 290 + "\n"),
    "blocks unlike each other": lambda: blocks(25),
    "names of 40 parts": lambda: {f"a{at}.{'b.' * 38}weight": (8, 8, 3, 3) for at in range(19_000)},
    "19,900 stages": lambda: {f"layer{at}.0.conv{k}.weight": (8, 8, 3, 3) for at in range(9_950) for k in (1, 2)},
    "19,900 blocks": lambda: {f"layer1.{at}.conv{k}.weight": (8, 8, 3, 3) for at in range(9_950) for k in (1, 2)},
    "120,000 tensors": lambda: {f"layer1.{at}.weight": (8, 8, 3, 3) for at in range(120_000)},
    "a name of dots": lambda: {"a." * 2_400_000 + "weight": (8, 8, 3, 3)},
    "many names of dots": lambda: {"a." * 1_000 + f"b{at}.weight": (8, 8, 3, 3) for at in range(2_000)},
}


@cache
def cost_of_the_largest(name: str) -> Cost:
    what = LONG[name]()
    return cost_of(lambda: refusal(what))


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_the_time_grows_as_the_text_does(name: str) -> None:
    large = cost_of_the_largest(name).seconds
    most = max(FLOOR_S, 24 * seconds(SLOW[name](1 / 8)))
    assert large < most or (large := seconds(SLOW[name](1.0))) < most, f"{large:.2f} s"


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_the_largest_is_answered_in_time_and_memory(name: str) -> None:
    cost = cost_of_the_largest(name)
    assert cost.peak < MOST_BYTES
    assert cost.seconds < 2 * MOST_S  # twice, since cores that are shared with others are slower


def test_a_table_in_which_each_block_is_of_another_class() -> None:
    text = table([row for at in range(9_500) for row in ("Conv2d", f"Block{at}x")])
    assert cost_of(lambda: check(text)).seconds < MOST_S


@pytest.mark.parametrize(
    "row",
    [
        "├─Conv2d: 1-1   [1, ², 8, 8]  576",
        "├─Conv2d: 1-1   [1, --4, 8, 8]  576",
        "Conv2d-1   [--1, 8, 8, 8]  576",
        "│ a (Conv2D) │ (None, 8, 8, 8) │ ² │",
        f"│ a (Conv2D) │ (None, 8, 8, 8) │ {'1' * 500} │\n" + f"│ │ │ {'1' * 500} │\n" * 20,
    ],
)
def test_numbers_that_python_does_not_read(row: str) -> None:
    assert len(refusal(row)) > 20


def test_what_is_beyond_a_bound_is_refused_with_the_bound() -> None:
    assert "100,001 lines: at most 60,000" in refusal("x" + "\n" * 100_000 + "x")
    assert f"at most {MAX_NAME} are read" in refusal({"a." * 2_400_000 + "weight": (8, 8, 3, 3)})
    assert f"{MAX_LAYERS:,}" in refusal({f"layer1.{at}.weight": (8, 8, 3, 3) for at in range(30_000)})
    nested = "".join(f"{' ' * at}({'a' * 80}): A(\n" for at in range(6)) + f"{' ' * 6}(c): {CONV}\n"
    assert f"at most {MAX_NAME} are read" in refusal(nested)


@pytest.mark.parametrize("indents", [range(500, 0, -1), [*range(590, 0, -1)] * 9, range(590, 300, -3)])
def test_lines_that_are_indented_less_and_less(indents: list[int]) -> None:
    text = "N(\n" + "".join(f"{' ' * indent}(a): {CONV}\n" for indent in indents)
    assert f"more than {MAX_DEPTH} modules inside of each other" in refusal(text)


def test_a_check_tells_how_far_it_is_and_stops_when_told() -> None:
    text, told = str(build(preset("resnet18"), device="meta")), list[float]()
    check(text, progress=lambda fraction, _: told.append(fraction))
    assert len(told) > 4 and told == sorted(told) and 0 <= told[0] <= told[-1] <= 1

    def stop(fraction: float, message: str) -> None:
        raise InterruptedError(f"{fraction} {message}")

    for given in (text, {"layer1.0.conv1.weight": (8, 8, 3, 3)}):
        with pytest.raises(InterruptedError):
            check(given, progress=stop) if isinstance(given, str) else check_shapes(given, progress=stop)
