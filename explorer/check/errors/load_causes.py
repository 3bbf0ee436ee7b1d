"""Why a file did not load, as one table: what a row explains, its sentence, and the line of code that cures it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.check.errors.known_networks import Pair
from explorer.check.errors.load_error import LoadError, Shape
from explorer.check.tensors import weight_shapes
from explorer.check.values import Difference, Severity
from explorer.network.config import ResNetConfig
from explorer.text.quantities import counted, first_few

_BOXES = ("state_dict", "model_state_dict", "model_state", "model", "net", "weights", "ema", "teacher", "params")
_SEVERAL = 0.6  # of the names in which two networks differ: as many must be in the message
_WRAPPERS = {
    "module": "nn.DataParallel puts it there.",
    "_orig_mod": "torch.compile puts it there.",
}


@dataclass(frozen=True)
class Facts:
    """What the rows look at: the message in the network's names, and the two networks."""

    raw: LoadError
    error: LoadError
    pair: Pair
    model: ResNetConfig
    file: ResNetConfig

    def mismatch(self, *names: str) -> tuple[Shape, Shape]:
        """The file's shape and the network's of the first of these names that is in the message."""
        return next((self.error.mismatches[name] for name in names if name in self.error.mismatches), ((), ()))


def explain_load_error(facts: Facts) -> Iterator[Difference]:
    """Yields a difference for each row of the table that holds, until all names are explained."""
    left, rows = facts.error.names, []
    for row, explains in _EXPLAINS.items():
        explained = explains(facts)
        if explained is not None and (not explained or explained & left):
            rows.append(row)
            left -= explained
    rows += ["rest"] if left else []
    partly = not _PARTLY.isdisjoint(rows)
    for row in rows:
        words = _WORDS[row](facts) if row in _WORDS else {"left": _listed(left), "many": counted(len(left), "name")}
        name, what, cause, cure = (part.format(**words) for part in (*_WHAT[row], _CAUSES[row], _CURES.get(row, "")))
        if row == rows[-1] and (cure or partly):
            cure = f"{cure}\nmodel.load_state_dict(state{', strict=False' if partly else ''})".lstrip()
        yield Difference(name, what, cause, Severity.ERROR, cure=cure)


def _listed(names: frozenset[str]) -> str:
    return first_few(sorted(names), 4)


def _box(facts: Facts) -> str:
    return next((name for name in _BOXES if name in facts.raw.unexpected), "")


def _holds(condition: bool) -> frozenset[str] | None:
    """For a row that is about the whole message and accounts for no names of its own."""
    return frozenset() if condition else None


def _between(facts: Facts) -> frozenset[str] | None:
    """Returns the names in which the two published networks differ, where the message has most of them."""
    wanted, given = weight_shapes(facts.model), weight_shapes(facts.file)
    if facts.pair.model is facts.pair.file:
        return None
    differing = frozenset(name for name in wanted.keys() | given.keys() if wanted.get(name) != given.get(name))
    differing -= _ends(facts, classes=True) or frozenset()
    return differing if len(differing & facts.error.names) >= _SEVERAL * len(differing | facts.error.names) else None


def _ends(facts: Facts, *, classes: bool) -> frozenset[str] | None:
    """Returns the classifier's names: those with another number of classes, or those that one side only has."""
    heads = ("fc.", "classifier.", "head.", "linear.", "heads.")
    if classes:
        pairs = facts.error.mismatches.items()
        return frozenset(name for name, (one, two) in pairs if name.startswith(heads) and one[1:] == two[1:]) or None
    return frozenset(name for name in facts.error.missing | facts.error.unexpected if name.startswith(heads)) or None


def _stem(facts: Facts, *, kernel: bool) -> frozenset[str] | None:
    one, two = facts.mismatch("conv1.weight")
    differs = one[2:] != two[2:] if kernel else (one[2:] == two[2:] and one[1:2] != two[1:2])
    return frozenset(("conv1.weight",)) if len(one) == len(two) == 4 and differs else None


def _foreign_names(facts: Facts) -> frozenset[str] | None:
    told = [any(map(_is_foreign, names)) for names in (facts.error.missing, facts.error.unexpected)]
    return facts.error.missing | facts.error.unexpected if told[0] != told[1] else None


def _is_foreign(name: str) -> bool:
    return any(word in name for word in ("embedder.", "encoder.stages.", ".convolution."))


def _prefix_words(facts: Facts) -> dict[str, Any]:
    file, model = facts.raw.in_file, facts.raw.in_model
    wrapper = next((why for name, why in _WRAPPERS.items() if f"{name}." in file + model), "A module that holds it.")
    without = f'name.removeprefix("{file}")' if file else "name"
    written = f'"{model}" + {without}' if model else without
    state = f"{{{written}: value for name, value in state.items()}}"
    return {"file": file, "model": model, "wrapper": wrapper, "state": state, "example": facts.raw.example}


def _network_words(facts: Facts) -> dict[str, Any]:
    known = facts.pair.file.equals
    classes = f"num_classes={facts.model.num_classes}" if facts.model.num_classes != 1000 else ""
    make = f"timm.create_model({known.removeprefix('timm.')!r})" if known.startswith("timm.") else f"{known}({classes})"
    return {
        "file": facts.pair.file.title,
        "model": facts.pair.model.title,
        "cure": f"model = {make}" if known else "",
    }


def _class_words(facts: Facts) -> dict[str, Any]:
    (name, (one, two)), *_ = ((name, facts.error.mismatches[name]) for name in sorted(_ends(facts, classes=True) or ()))
    first = name.partition(".")[0]
    drop = f'state = {{name: value for name, value in state.items() if not name.startswith("{first}.")}}'
    return {"file": f"{one[0]:,}", "model": f"{two[0]:,}", "drop": drop}


def _stem_words(facts: Facts) -> dict[str, Any]:
    one, two = facts.mismatch("conv1.weight")
    side, width = one[2], one[0]
    conv = f"nn.Conv2d({one[1]}, {width}, {side}, {2 if side > 3 else 1}, {side // 2}, bias=False)"
    grey = 'state["conv1.weight"] = state["conv1.weight"]'
    mean = f"{grey}.sum(1, keepdim=True)" if two[1] == 1 else f"{grey}.mean(1, keepdim=True).repeat(1, {two[1]}, 1, 1)"
    return {"file": one, "model": two, "conv": conv, "mean": mean, "side": side, "other": two[2]} | {
        "has": counted(one[1], "channel"),
        "wants": counted(two[1], "channel"),
    }


def _head_words(facts: Facts) -> dict[str, Any]:
    ends = _ends(facts, classes=False) or frozenset()
    has, wants = sorted(ends & facts.error.unexpected), sorted(ends & facts.error.missing)
    drop = f"state = {{name: value for name, value in state.items() if name not in {tuple(has)}}}" if has else ""
    return {
        "has": first_few(has, 3) if has else "no classifier",
        "wants": first_few(wants, 3) if wants else "none",
        "drop": drop,
    }


def _renaming(facts: Facts) -> dict[str, Any]:
    pairs = facts.raw.renamed
    chain = "".join(f'.replace("{one.strip(".")}", "{other.strip(".")}")' for one, other in pairs)
    words = [(one.strip("."), other.strip(".")) for one, other in pairs]
    return {
        "file": " and ".join(f"“{one}”" for one, _ in words),
        "model": " and ".join(f"“{other}”" for _, other in words),
        "chain": chain,
    }


# What each row of the table accounts for: names, none where it is about the whole message, None where it does not hold.
_EXPLAINS: dict[str, Callable[[Facts], frozenset[str] | None]] = {
    "box": lambda facts: facts.error.names if _box(facts) else None,
    "file_prefix": lambda facts: _holds(facts.raw.prefixed and not facts.raw.in_model),
    "model_prefix": lambda facts: _holds(facts.raw.prefixed and facts.raw.in_model != ""),
    "renamed": lambda facts: _holds(bool(facts.raw.renamed)),
    "foreign": _foreign_names,
    "stem_kernel": lambda facts: _stem(facts, kernel=True),
    "stem_channels": lambda facts: _stem(facts, kernel=False),
    "network": _between,
    "classes": lambda facts: _ends(facts, classes=True),
    "head": lambda facts: _ends(facts, classes=False),
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
_WORDS: dict[str, Callable[[Facts], dict[str, Any]]] = {
    "box": lambda facts: {"box": _box(facts)},
    **dict.fromkeys(("file_prefix", "model_prefix"), _prefix_words),
    "renamed": _renaming,
    "foreign": lambda facts: {"name": min(filter(_is_foreign, facts.error.names))},
    **dict.fromkeys(("stem_kernel", "stem_channels"), _stem_words),
    "network": _network_words,
    "classes": _class_words,
    "head": _head_words,
}
_PARTLY = {"classes", "head"}  # the file is then loaded without some names
