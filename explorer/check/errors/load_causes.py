"""Why a file did not load, as one table: what a row explains, its sentence, and the line of code that cures it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from explorer.check.errors.known_networks import Pair
from explorer.check.errors.load_error import LoadError
from explorer.check.values import Difference, Severity
from explorer.network.config import ResNetConfig
from explorer.network.weight_shapes import weight_shapes
from explorer.text.quantities import counted, first_few

_BOXES = ("state_dict", "model_state_dict", "model_state", "model", "net", "weights", "ema", "teacher", "params")
_HEADS = ("fc.", "classifier.", "head.", "linear.", "heads.")
_SEVERAL = 0.6  # of the names in which two networks differ: as many must be in the message
_WRAPPERS = {"module": "nn.DataParallel puts it there.", "_orig_mod": "torch.compile puts it there."}

# What a row accounts for: names, none where it is about the whole message; and its words. None where it does not hold.
Found = tuple[frozenset[str], dict[str, Any]] | None


@dataclass(frozen=True)
class Facts:
    """What the rows look at: the message in the network's names, and the two networks."""

    raw: LoadError
    error: LoadError
    pair: Pair
    model: ResNetConfig
    file: ResNetConfig


def explain_load_error(facts: Facts) -> Iterator[Difference]:
    """Yields a difference for each row of the table that holds, until all names are explained."""
    left, rows = facts.error.names, {}
    for row, look in _ROWS.items():
        found = look(facts)
        if found and (not found[0] or found[0] & left):
            rows[row] = found[1]
            left -= found[0]
    if left:
        rows["rest"] = {"left": first_few(sorted(left), 4), "many": counted(len(left), "name")}
    partly = not _PARTLY.isdisjoint(rows)
    for row, words in rows.items():
        name, what, cause, cure = (part.format(**words) for part in (*_WHAT[row], _CAUSES[row], _CURES.get(row, "")))
        if row == [*rows][-1] and (cure or partly):
            cure = f"{cure}\nmodel.load_state_dict(state{', strict=False' if partly else ''})".lstrip()
        yield Difference(name, what, cause, Severity.ERROR, cure=cure)


def _box(facts: Facts) -> Found:
    box = next((name for name in _BOXES if name in facts.raw.unexpected), None)
    return (facts.error.names, {"box": box}) if box else None


def _prefix(facts: Facts, *, of_model: bool) -> Found:
    file, model = facts.raw.in_file, facts.raw.in_model
    if facts.raw.all_names is None or bool(model) is not of_model:
        return None
    wrapper = next((why for name, why in _WRAPPERS.items() if f"{name}." in file + model), "A module that holds it.")
    without = f'name.removeprefix("{file}")' if file else "name"
    written = f'"{model}" + {without}' if model else without
    state = f"{{{written}: value for name, value in state.items()}}"
    words = {"file": file, "model": model, "wrapper": wrapper, "state": state, "example": facts.raw.example}
    return frozenset(), words


def _renamed(facts: Facts) -> Found:
    pairs = [(one.strip("."), other.strip(".")) for one, other in facts.raw.renamed]
    if not pairs:
        return None
    file, model = (" and ".join(f"“{name}”" for name in side) for side in zip(*pairs, strict=True))
    chain = "".join(f'.replace("{one}", "{other}")' for one, other in pairs)
    return frozenset(), {"file": file, "model": model, "chain": chain}


def _foreign(facts: Facts) -> Found:
    sides = (facts.error.missing, facts.error.unexpected)
    found = [[name for name in side if _is_foreign(name)] for side in sides]
    if bool(found[0]) is bool(found[1]):
        return None
    return sides[0] | sides[1], {"name": min(filter(_is_foreign, facts.error.names))}


def _is_foreign(name: str) -> bool:
    return any(word in name for word in ("embedder.", "encoder.stages.", ".convolution."))


def _stem(facts: Facts, *, kernel: bool) -> Found:
    one, two = facts.error.mismatches.get("conv1.weight", ((), ()))
    other_kernel = one[2:] != two[2:]
    if not len(one) == len(two) == 4 or other_kernel is not kernel or (not kernel and one[1] == two[1]):
        return None
    width, channels, side, _ = one
    conv = f"nn.Conv2d({channels}, {width}, {side}, {2 if side > 3 else 1}, {side // 2}, bias=False)"
    grey = 'state["conv1.weight"] = state["conv1.weight"]'
    mean = f"{grey}.sum(1, keepdim=True)" if two[1] == 1 else f"{grey}.mean(1, keepdim=True).repeat(1, {two[1]}, 1, 1)"
    counts = {"has": counted(channels, "channel"), "wants": counted(two[1], "channel")}
    return frozenset(("conv1.weight",)), {"conv": conv, "mean": mean, "side": side, "other": two[2], **counts}


def _network(facts: Facts) -> Found:
    """Compares the names in which the two published networks differ with those in the message: it must have most."""
    wanted, given, said = weight_shapes(facts.model), weight_shapes(facts.file), facts.error.names
    differing = frozenset(name for name in wanted.keys() | given.keys() if wanted.get(name) != given.get(name))
    differing -= _other_classes(facts)
    if facts.pair.model is facts.pair.file or len(differing & said) < _SEVERAL * len(differing | said):
        return None
    known = facts.pair.file.equals
    classes = f"num_classes={facts.model.num_classes}" if facts.model.num_classes != 1000 else ""
    make = f"timm.create_model({known.removeprefix('timm.')!r})" if known.startswith("timm.") else f"{known}({classes})"
    cure = f"model = {make}" if known else ""
    return differing, {"file": facts.pair.file.title, "model": facts.pair.model.title, "cure": cure}


def _other_classes(facts: Facts) -> frozenset[str]:
    pairs = facts.error.mismatches.items()
    return frozenset(name for name, (one, two) in pairs if name.startswith(_HEADS) and one[1:] == two[1:])


def _classes(facts: Facts) -> Found:
    names = _other_classes(facts)
    if not names:
        return None
    (file, *_), (model, *_) = facts.error.mismatches[min(names)]
    first = min(names).partition(".")[0]
    drop = f'state = {{name: value for name, value in state.items() if not name.startswith("{first}.")}}'
    return names, {"file": f"{file:,}", "model": f"{model:,}", "drop": drop}


def _head(facts: Facts) -> Found:
    sides = (facts.error.unexpected, facts.error.missing)
    has, wants = (sorted(name for name in side if name.startswith(_HEADS)) for side in sides)
    drop = f"state = {{name: value for name, value in state.items() if name not in {tuple(has)}}}" if has else ""
    words = {"has": first_few(has, 3) if has else "no classifier", "wants": first_few(wants, 3) if wants else "none"}
    return (frozenset(has + wants), words | {"drop": drop}) if has or wants else None


_ROWS: dict[str, Callable[[Facts], Found]] = {
    "box": _box,
    "file_prefix": partial(_prefix, of_model=False),
    "model_prefix": partial(_prefix, of_model=True),
    "renamed": _renamed,
    "foreign": _foreign,
    "stem_kernel": partial(_stem, kernel=True),
    "stem_channels": partial(_stem, kernel=False),
    "network": _network,
    "classes": _classes,
    "head": _head,
}
_WHAT = {
    "box": ("checkpoint", "has the weights under “{box}”, and the epoch, the optimizer or other things beside them"),
    "file_prefix": ("file", "has “{file}” before every name, and the network has not"),
    "model_prefix": ("network", "has “{model}” before every name, and the file has “{file}”"),
    "renamed": ("file", "says {file} where the network says {model}"),
    "foreign": ("file", "has names that the network does not have, such as {name}"),
    "stem_kernel": ("conv1.weight", "has a {side}×{side} kernel in the file and a {other}×{other} one in the network"),
    "stem_channels": ("conv1.weight", "reads {has} in the file and {wants} in the network"),
    "network": ("file", "has the weights of {file}, and the network is {model}"),
    "classes": ("fc.weight", "has {file} classes in the file and {model} in the network"),
    "head": ("classifier", "is another: the file has {has}, the network {wants}"),
    "rest": ("network", "and the file differ in {many} more: {left}"),
}
_CAUSES = {
    "box": "what was saved is a dictionary around the state dict: it has to be taken out first.",
    "file_prefix": "{wrapper} The same weights have the name {example} in one and without it in the other.",
    "model_prefix": "{wrapper} Load the weights into the inner module, or write the names as the network has them.",
    "renamed": "two programs name the same layers differently; the weights are for the same places.",
    "foreign": "Hugging Face's names and torchvision's are for the same layers, and neither loads the other's file: "
    "load it with the library that wrote it, transformers' ResNetForImageClassification or torchvision.",
    "stem_kernel": "one of the two has the stem for ImageNet (7×7, stride 2) and the other the stem for CIFAR (3×3).",
    "stem_channels": "the images have another number of channels than those that the weights were made with.",
    "network": "it is another depth, block or width: names and shapes fit no other way. Make the network that the "
    "file is of.",
    "classes": "all else may be loaded; the classifier for {model} classes has to be trained.",
    "head": "the last layers were replaced or left out in one of the two; the rest of the weights fits.",
    "rest": "these layers were added, left out or changed in one of the two.",
}
_CURES = {
    "box": 'state = state["{box}"]',
    **dict.fromkeys(("file_prefix", "model_prefix"), "state = {state}"),
    "renamed": "state = {{name{chain}: value for name, value in state.items()}}",
    "stem_kernel": "model.conv1 = {conv}",
    "stem_channels": "{mean}",
    "network": "{cure}",
    **dict.fromkeys(("classes", "head"), "{drop}"),
}
_PARTLY = {"classes", "head"}  # the file is then loaded without some names
