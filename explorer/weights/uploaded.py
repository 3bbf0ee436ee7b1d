"""Weights that a reader sends: a ``.safetensors`` file, whose header is checked before anything is made of it.

What differs from the network that it should be for is listed by name.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.check.formats.prefixes import network_prefix
from explorer.network.config import ResNetConfig
from explorer.network.weight_shapes import weight_shapes
from explorer.text.quantities import counted, first_few
from explorer.weights.infer_config import Shapes, infer_config
from explorer.weights.safetensors_header import OwnWeightsError, read_header

MAX_NAMES, LONGEST_NAME = 10_000, 100
_LISTED = 8


@dataclass(frozen=True, slots=True)
class Own:
    """What a file holds: weights for ``config``, whose classes are called ``classes``; ``notes`` say what had to be
    done or assumed, in words. ``names`` maps the network's names to the file's."""

    config: ResNetConfig
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


def read_own(data: bytes, classes: str = "", config: ResNetConfig | None = None) -> Own:
    """The weights in a ``.safetensors`` file, for ``config`` or for the network that their shapes tell.

    Raises:
        OwnWeightsError: it is no such file, or its weights are not this network's. Refusal: no network's.
    """
    found = read_header(data)
    prefix = network_prefix(found)
    names = {name.removeprefix(prefix): name for name in found if name.startswith(prefix)}
    shapes = {name: found[original] for name, original in names.items() if not name.endswith(".num_batches_tracked")}
    notes = [f"“{prefix}” was taken off the names"] if prefix else []
    if len(names) < len(found):
        notes.append(f"{counted(len(found) - len(names), 'tensor')} beside the network left out")
    if config is None:
        inferred = infer_config(shapes)
        config = inferred.config
        notes.append(f"assumed: {', '.join(inferred.assumed)}")
    _check_shapes(shapes, config)
    return Own(config, class_names(classes, config.num_classes), tuple(notes), tuple((n, names[n]) for n in shapes))


def _check_shapes(shapes: Shapes, config: ResNetConfig) -> None:
    try:
        wanted = weight_shapes(config)
    except ValueError as error:
        raise OwnWeightsError(f"There is no such network: {error}") from error
    missing = [name for name in wanted if name not in shapes]
    unknown = [name for name in shapes if name not in wanted]
    other = [
        f"{name} is {_times(shapes[name])}, not {_times(wanted[name])}"
        for name in wanted
        if name in shapes and shapes[name] != wanted[name]
    ]
    said = (("missing", missing), ("not known", unknown), ("of another shape", other))
    problems = [
        f"{counted(len(each), 'tensor')} {what}: {first_few([name[:120] for name in each], _LISTED)}"
        for what, each in said
        if each
    ]
    if problems:
        raise OwnWeightsError(f"These are not this network's weights. {'. '.join(problems)}.")


def _times(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "a single number"


def class_names(text: str, count: int) -> tuple[str, ...]:
    """Names of ``count`` classes: one a line, or a JSON list, or a JSON object from index to name.

    Without any they are "class 0" and so on.

    Raises:
        OwnWeightsError: they are not as many, or no names.
    """
    if not text.strip():
        return tuple(f"class {index}" for index in range(count))
    names = [_clean(name) for name in _listed(text)]
    if len(names) != count:
        raise OwnWeightsError(
            f"There {'is' if len(names) == 1 else 'are'} {counted(len(names), 'name')} for {counted(count, 'class')}: "
            "give one a line, in the order of the classes, or none at all."
        )
    return tuple(name or f"class {index}" for index, name in enumerate(names))


def _listed(text: str) -> list[str]:
    if len(text) > MAX_NAMES * LONGEST_NAME:
        raise OwnWeightsError(
            f"The class names have {len(text):,} characters: {MAX_NAMES * LONGEST_NAME:,} are the most."
        )
    stripped = text.strip()
    if stripped[0] in "[{":
        try:
            given = json.loads(stripped)
        except (ValueError, RecursionError):
            given = None
        if isinstance(given, dict) and all(str(index) in given for index in range(len(given))):
            given = [given[str(index)] for index in range(len(given))]
        if isinstance(given, list) and all(isinstance(name, str) for name in given):
            return given
        raise OwnWeightsError('The class names look like JSON and are not: give ["cat", "dog"] or {"0": "cat", ...}.')
    return stripped.splitlines()


def _clean(name: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in name).strip()[:LONGEST_NAME]
