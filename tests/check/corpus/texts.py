"""The texts of the corpus's structures."""

from collections.abc import Mapping
from functools import cache

from torch import nn

from explorer.check import CheckError, Report, check, check_shapes
from tests.check.corpus.entries import ENTRIES
from tests.check.foreign import on_meta
from tests.check.texts import TEXTS, shapes_of, torchinfo_table


@cache
def network(name: str) -> nn.Module | str:
    """The structure, on the meta device."""
    try:
        made: nn.Module | str = on_meta(ENTRIES[name].make)
    except NotImplementedError:  # it looks at its weights while it is made
        return ENTRIES[name].make()
    return made


@cache
def text(name: str, kind: str) -> str | Mapping[str, tuple[int, ...]]:
    """One text of a structure. ``state dict, sorted`` is in a file's order: by name, as safetensors writes them."""
    made = network(name)
    if isinstance(made, str):
        return made
    if kind == "torchinfo, deep" and ENTRIES[name].deep:
        return torchinfo_table(made, ENTRIES[name].shape, depth=12)  # type: ignore[arg-type]
    if kind.startswith("state dict"):
        shapes = shapes_of(made)
        return dict(sorted(shapes.items())) if kind.endswith("sorted") else shapes
    return TEXTS[kind](made, ENTRIES[name].shape)  # type: ignore[arg-type]


def answer(name: str, kind: str) -> Report | str:
    """The report, or the sentence of the refusal."""
    what = text(name, kind)
    try:
        return check(what) if isinstance(what, str) else check_shapes(what)
    except CheckError as refused:
        return str(refused)
