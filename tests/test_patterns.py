"""Every regular expression of the package takes a time that grows no faster than the text, whatever the text.

The patterns are found, not listed: every compiled one that a module or a class holds, and every literal that is handed
to a function of ``re``. Each is run as the code runs it (search, match, ...) on texts made from its own syntax tree:
what it matches up to each of its repeats, then thousands of signs that this repeat takes, then a sign that fails.
A matcher runs in C and holds the interpreter for as long as it takes, so time is the process's own (CPU) time.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import explorer
from tests.conftest import has_ray
from tests.test_architecture_rules import NEED_RAY

METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
PLAIN = ("search", "match", "fullmatch")  # methods that no text and no array has
TINY = 20  # signs: an exponential pattern takes a second for a few more
SMALL, LARGE = 2_000, 16_000  # signs: a quadratic pattern takes a tenth of a second and more for the large one
FLOOR_S = 0.02  # below it a text is quick, whatever the ratio
MOST_RATIO = 24  # of a text and its eighth; a quadratic pattern takes 64 times as long
SURE_S = 0.25  # no disturbance makes one call as long as this
LONGEST = 2 * 2**20  # signs of the largest field of a page
LONGEST_S = 1.5  # one call, about 0.1 µs a sign on a slow machine

Use = tuple[re.Pattern[Any], str]  # a pattern and the method it is run with


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(explorer.__path__, "explorer."):
        if not found.name.endswith("__main__") and (has_ray() or found.name not in NEED_RAY):
            yield importlib.import_module(found.name)


def held(value: object, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    """The compiled patterns in a module's variable, in containers and classes, too."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for part in value.values():
            yield from held(part, depth - 1)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from held(part, depth - 1)
    elif depth and isinstance(value, type) and value.__module__.startswith("explorer"):
        for part in vars(value).values():
            yield from held(part, depth - 1)


def calls(module: ModuleType) -> Iterator[tuple[ast.Call, object, str]]:
    """Calls of something's ``search``, ``match`` ...: the call, the thing as the module knows it, and the method."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, known(module, node.func.value), node.func.attr


def known(module: ModuleType, node: ast.expr) -> object:
    """The value of an expression, if the module's variables and literals tell it."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    if not names <= set(vars(module)) or any(isinstance(each, ast.Call) for each in ast.walk(node)):
        return None
    try:
        return eval(compile(ast.Expression(node), "found", "eval"), dict(vars(module)))
    except (AttributeError, KeyError, TypeError):
        return None


def literal_use(module: ModuleType, call: ast.Call, method: str) -> Use | None:
    """The pattern of ``re.search("...", text, flags)``; None for another function of ``re``."""
    if method not in METHODS:
        return None
    place = {"sub": 4, "subn": 4, "split": 3}.get(method, 2)
    flags = [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg == "flags")]
    pattern = known(module, call.args[0])
    assert isinstance(pattern, str | bytes | re.Pattern), f"{module.__name__}:{call.lineno}: compile it at the top"
    if isinstance(pattern, re.Pattern):
        return pattern, method
    return re.compile(pattern, known(module, flags[0]) if flags else 0), method  # type: ignore[arg-type]


@cache
def uses() -> dict[Use, str]:
    """Every pattern with every method that it is run with, and where."""
    found: dict[Use, str] = {}
    holders: dict[re.Pattern[Any], str] = {}
    loose: dict[str, set[str]] = {}  # by module, the methods that are called of something that is not known
    for module in modules():
        for value in vars(module).values():
            for pattern in held(value):
                holders.setdefault(pattern, module.__name__)
        for call, owner, method in calls(module):
            if isinstance(owner, re.Pattern) and method in METHODS:
                found.setdefault((owner, method), module.__name__)
            elif owner is re and (use := literal_use(module, call, method)):
                found.setdefault(use, module.__name__)
            elif method in PLAIN:
                loose.setdefault(module.__name__, set()).add(method)
    for pattern, name in holders.items():
        if not any(pattern == other for other, _ in found):
            found.update({(pattern, method): name for method in loose.get(name, PLAIN)})
    return found


# What a pattern matches, read off its syntax tree.


def signs(node: Any) -> str:
    """A few signs that one piece of a pattern takes; none for a piece that is made of others."""
    code, value = node
    candidates = "a1 \n_.-,()[]'\"x\t:Z│"
    found = ""
    if code in (codes.LITERAL, codes.RANGE):
        found = chr(value if code is codes.LITERAL else value[0])
    elif code is codes.NOT_LITERAL:
        found = next(sign for sign in candidates if ord(sign) != value)
    elif code is codes.CATEGORY:
        found = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " \n", codes.CATEGORY_WORD: "a_1"}.get(value, "-")
    elif code is codes.IN and value[0][0] is codes.NEGATE:
        taken = "".join(signs(part) for part in value[1:])
        found = "".join(sign for sign in candidates if sign not in taken)[:2]
    elif code is codes.IN:
        found = "".join(dict.fromkeys("".join(signs(part) for part in value)))[:6]
    return "a" if code is codes.ANY else found


def inner(node: Any) -> list[list[Any]]:
    """The sequences inside of a piece: the branches of an alternative, the body of a group or of a repeat."""
    code, value = node
    if code is codes.BRANCH:
        return [list(branch) for branch in value[1]]
    if code in (codes.SUBPATTERN, codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [list(value[-1])]
    return [list(value)] if code is codes.ATOMIC_GROUP else []


def example(sequence: list[Any]) -> str:
    """A text that a sequence takes, or nearly: assertions are left out."""
    text = ""
    for node in sequence:
        code, value = node
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            text += example(list(value[2])) * max(value[0], 1)
        elif parts := inner(node):
            text += example(parts[0])
        elif code not in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
            text += signs(node)[:1]
    return text


def pumps(sequence: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """For every repeat: a text that leads up to it, and a unit that it takes again and again."""
    for place, node in enumerate(sequence):
        lead = before + example(sequence[:place])
        if node[0] in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            body = list(node[1][2])
            yield lead, example(body)
            for sign in signs(body[0]) if len(body) == 1 else "":
                yield lead, sign
        for part in inner(node):
            yield from pumps(part, lead)


def alphabet(sequence: list[Any]) -> str:
    """All signs that a pattern names, and one of each class that texts are made of."""
    found = ""
    for node in sequence:
        found += signs(node) + "".join(alphabet(part) for part in inner(node))
    return "".join(dict.fromkeys(found))[:14]


COMMON = "1aZ \n\t.,:;_-()[]{}<>'\"`|/\\×│²\x1b\0"


def recipes(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Texts as a beginning, a unit to repeat, and an end that no pattern wants."""
    sequence = list(parser.parse(pattern.pattern, pattern.flags))
    whole, letters = example(sequence), alphabet(sequence)
    found = [("x", sign, "") for sign in dict.fromkeys(COMMON + letters)]
    found += [("x", one + other, "") for one in letters for other in letters if one != other]
    found += [(lead, unit, end) for lead, unit in pumps(sequence) if unit for end in ("", "\0", "x\n")]
    found += [("", whole[:length], "") for length in range(1, min(len(whole), 24) + 1)]
    return list(dict.fromkeys(found))


def text_of(pattern: re.Pattern[Any], recipe: tuple[str, str, str], length: int) -> Any:
    lead, unit, end = recipe
    text = lead + unit * (length // len(unit)) + end
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def run(pattern: re.Pattern[Any], method: str) -> Callable[[Any], object]:
    if method in ("sub", "subn"):
        return lambda text: getattr(pattern, method)(text[:0], text)
    if method == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return getattr(pattern, method)  # type: ignore[no-any-return]


def seconds(function: Callable[[Any], object], text: Any, times: int) -> float:
    """The least CPU time of several calls."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        function(text)
        taken.append(time.process_time() - start)
    return min(taken)


def problem(pattern: re.Pattern[Any], method: str) -> str:
    """What is wrong with a pattern, if anything."""
    function = run(pattern, method)
    slowest, most = ("", "x", ""), 0.0
    for recipe in recipes(pattern):
        tiny = text_of(pattern, recipe, TINY)
        if seconds(function, tiny, 1) > FLOOR_S and seconds(function, tiny, 3) > FLOOR_S:
            return f"{recipe} takes exponential time"
        for length in (SMALL, LARGE):
            text = text_of(pattern, recipe, length)
            taken = seconds(function, text, 1)
            if taken > FLOOR_S:
                less = seconds(function, text_of(pattern, recipe, length // 8), 5)
                if MOST_RATIO * less < taken < SURE_S:
                    taken = seconds(function, text, 3)
                if taken > max(FLOOR_S, MOST_RATIO * less):
                    return f"{recipe} takes {less:.4f} s, and {taken:.3f} s where it is 8 times as long"
        slowest, most = (recipe, taken) if taken > most else (slowest, most)
    text = text_of(pattern, slowest, LONGEST)
    if (taken := seconds(function, text, 1)) > LONGEST_S:
        taken = seconds(function, text, 2)
    return f"{slowest} takes {taken:.2f} s with {LONGEST:,} signs" if taken > LONGEST_S else ""


PACKAGES = [found.name for found in pkgutil.iter_modules(explorer.__path__, "explorer.")]


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_no_pattern_is_superlinear(package: str) -> None:
    of_package = [use for use, where in uses().items() if f"{where}.".startswith(f"{package}.")]
    found = {f"{uses()[use]}: {use[0].pattern!r:.60}, {use[1]}": problem(*use) for use in of_package}
    assert not {pattern: said for pattern, said in found.items() if said}


@pytest.mark.slow
def test_the_walk_finds_patterns_of_every_kind() -> None:
    where = set(uses().values())
    assert {"explorer.check.formats.detect", "explorer.text.typed_numbers", "explorer.ui.state.markdown"} <= where
    assert {"explorer.cam.words", "explorer.charts.figure_text"} <= where  # literals in a call
    assert "explorer.pictures.headers.read_headers" in where  # in a table
    assert len(uses()) > 30
    assert {method for _, method in uses()} >= {"search", "match", "fullmatch", "sub"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"^\s*(def|class) \w", "search"),
        (r"(\w+)*-", "match"),
        (r"[0-9]+\s*(?:m|k)?\s*(?:macs)?", "fullmatch"),
        (r"(.*?)(\d{1,6})$", "search"),
        (r"a.*b", "search"),
    ],
)
def test_a_pattern_that_is_superlinear_is_found(pattern: str, method: str) -> None:
    assert problem(re.compile(pattern, re.MULTILINE), method)


@pytest.mark.slow
def test_a_pattern_that_is_linear_is_not_found() -> None:
    assert not problem(re.compile(r"[a-z]+\s*$"), "match")
