"""Reads what ``load_state_dict`` says where a file does not fit a network (PyTorch, torch/nn/modules/module.py).

Names that both have with the same shape are not in the message: it lists the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.check.formats.limits import MAX_LAYERS
from explorer.check.formats.prefixes import network_prefix
from explorer.check.values import CheckError

Shape = tuple[int, ...]
_START = re.compile(
    r"Error\(s\) in loading state_dict|(?:Missing|Unexpected) key\(s\) in state_dict|size mismatch for \w"
)
_PART = re.compile(r"(?P<list>Missing|Unexpected) key\(s\) in state_dict|size mismatch for (?P<name>[\w.\-]{1,300}):")
_QUOTED = re.compile(r"[\"']([\w.\-]{1,300})[\"']")
_SHAPE = re.compile(r"[\[(]([\d, ]{1,60})[\])]")
_SIDE = re.compile(r"\b\d{1,9}\b")
_SHAPES_WITHIN = 400  # characters after the name; PyTorch writes about 150
# The same places under other names, in torchvision's.
_SYNONYMS = ((".shortcut.", ".downsample."), ("linear.", "fc."))


@dataclass(frozen=True)
class LoadError:
    """The message, in names without what stands before them (``in_file`` and ``in_model``).

    ``missing``: the network has these names and the file does not; ``unexpected``: the reverse. ``mismatches`` have
    the file's shape and the network's. ``all_names`` are the file's and the network's, where prefixes put all of them
    into the message; ``example`` is one of the file's with its prefix.
    """

    missing: frozenset[str]
    unexpected: frozenset[str]
    mismatches: Mapping[str, tuple[Shape, Shape]]
    in_file: str = ""
    in_model: str = ""
    all_names: tuple[frozenset[str], frozenset[str]] | None = None
    example: str = ""

    @property
    def names(self) -> frozenset[str]:
        """All names in the message."""
        return self.missing | self.unexpected | frozenset(self.mismatches)

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """The file's words and the network's where both name the same places differently."""
        found = []
        for one, other in (*_SYNONYMS, *((other, one) for one, other in _SYNONYMS)):
            named = {name.replace(one, other) for name in self.unexpected if one in f".{name}"}
            if named and len(named & self.missing) * 2 >= len(named):
                found.append((one, other))
        return tuple(found)

    def in_models_names(self) -> "LoadError":
        """Returns what is left once the file's names are written as the network's."""
        unexpected = set(self.unexpected)
        for one, other in self.renamed:
            unexpected = {name.replace(one, other) if one in f".{name}" else name for name in unexpected}
        both = unexpected & self.missing
        return replace(self, missing=self.missing - both, unexpected=frozenset(unexpected - both))


def is_load_error(text: str) -> bool:
    """Whether a text is, or holds, such a message."""
    return _START.search(text) is not None


def read_load_error(text: str) -> LoadError:
    """Reads the message in a text, with prefixes taken off both sides where that makes them meet.

    Raises:
        CheckError: it lists more names than any two networks differ in.
    """
    lists: dict[str, dict[str, None]] = {"Missing": {}, "Unexpected": {}}
    mismatches: dict[str, tuple[Shape, Shape]] = {}
    parts = [*_PART.finditer(text)]
    for place, part in enumerate(parts):
        end = parts[place + 1].start() if place + 1 < len(parts) else len(text)
        if part["list"]:
            lists[part["list"]] |= dict.fromkeys(_QUOTED.findall(text, part.end(), end))
        else:
            listed = _SHAPE.findall(text, part.end(), min(end, part.end() + _SHAPES_WITHIN))
            shapes = [tuple(map(int, _SIDE.findall(shape))) for shape in listed]
            if len(shapes) >= 2:
                mismatches[part["name"]] = (shapes[0], shapes[1])
    count = len(lists["Missing"]) + len(lists["Unexpected"]) + len(mismatches)
    if count > MAX_LAYERS:
        raise CheckError(f"The message lists {count:,} names: at most {MAX_LAYERS:,} are read.")
    return _without_prefixes(lists["Missing"], lists["Unexpected"], mismatches)


def _without_prefixes(
    missing: dict[str, None], unexpected: dict[str, None], mismatches: dict[str, tuple[Shape, Shape]]
) -> LoadError:
    in_file, in_model = network_prefix(unexpected), network_prefix(missing)
    bare_file, bare_model = _bare(unexpected, in_file), _bare(missing, in_model)
    sides = _in_torchvisions_names(bare_file), _in_torchvisions_names(bare_model)
    met = sides[0] & sides[1]
    if in_file == in_model or 2 * len(met) < min(len(bare_file), len(bare_model)) or not met:
        shared = network_prefix((*missing, *unexpected, *mismatches))
        plain = {name.removeprefix(shared): shapes for name, shapes in mismatches.items()}
        return LoadError(_bare(missing, shared), _bare(unexpected, shared), plain)
    both = bare_file & bare_model
    example = next((name for name in unexpected if name.startswith(in_file)), "")
    return LoadError(bare_model - both, bare_file - both, mismatches, in_file, in_model, sides, example)


def _in_torchvisions_names(names: frozenset[str]) -> frozenset[str]:
    for one, other in _SYNONYMS:
        names = frozenset(name.replace(one, other) for name in names)
    return names


def _bare(names: dict[str, None], prefix: str) -> frozenset[str]:
    """Returns the names without their prefix, and without the counts of batches, which old files lack."""
    return frozenset(name.removeprefix(prefix) for name in names if not name.endswith("num_batches_tracked"))
