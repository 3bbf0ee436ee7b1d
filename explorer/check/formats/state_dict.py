"""Reads a state dict, as names and shapes or as lines that somebody printed."""

import re
from collections.abc import Mapping
from itertools import groupby

from explorer.check.formats.class_names import is_shortcut
from explorer.check.formats.limits import MAX_DEPTH, MAX_LAYERS, check_name
from explorer.check.values import NUMBERED, CheckError, Node, ReadLayer, ReadText, Source
from explorer.network.layer import Kind

_MAX_SIDE = 10**8
_IMAGE_CHANNELS = 4
_HEAD = re.compile(r"(?:fc|head|classifier|linear|predictions?|projector|aux_?classifier)$", re.IGNORECASE)
_BODY = re.compile(r"(?:encoder|body|stages|layers|blocks|features|backbone|trunk)$", re.IGNORECASE)
_ENDINGS = r"weight|bias|running_mean|running_var|num_batches_tracked|weight_orig|weight_mask|weight_v|weight_g|gain"
# What pruning and other parametrizations call a weight.
_WEIGHTS = {"weight_orig": "weight", "weight_v": "weight", "bias_orig": "bias"}
_PARAMETRIZED = re.compile(r"\.parametrizations\.(weight|bias)\.original1?$")
# A name is tried once, from its start, and spaces are given back to nobody: else a line of "-a-a-a" costs minutes.
_LINE = re.compile(
    rf"(?<![\w.\-])-*+(?P<name>\w[\w.\-]{{0,200}}\.(?:{_ENDINGS}))['\"]?\s{{0,40}}+[,:|]?\s{{0,40}}+"
    r"(?:torch\.Size)?\(?\s?[\[(](?P<shape>[\d, ]{0,60})[\])]"
)
looks_state_dict = _LINE.search  # finds the name and the shape of a tensor in a line


def read_state_lines(lines: list[str]) -> ReadText:
    """Reads printed names and shapes, one tensor a line.

    Raises:
        CheckError: there are too many tensors, or one has an impossible shape.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for line in lines:
        if found := _LINE.search(line):
            numbers = [part.strip() for part in found["shape"].split(",")]
            shapes[found["name"]] = tuple(int(number) for number in numbers if number.isdigit() and len(number) < 10)
    return read_state_dict(shapes, whole=False)


def read_state_dict(shapes: Mapping[str, tuple[int, ...]], *, whole: bool = True) -> ReadText:
    """Reads the names of tensors and their shapes. ``whole``: none is left out, so that norms have their statistics.

    Raises:
        CheckError: there are too many tensors or modules, or one has an impossible name or shape.
    """
    if len(shapes) > 6 * MAX_LAYERS:
        raise CheckError(f"The state dict has {len(shapes):,} tensors: at most {6 * MAX_LAYERS:,} are read.")
    modules: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        check_name(name)
        if not all(0 < side < _MAX_SIDE for side in shape):
            words = str(shape) if len(str(shape)) < 60 else f"{str(shape)[:57]}..."
            raise CheckError(f"The tensor {name[:80]} has the shape {words}: no network has such weights.")
        module, _, tensor = _PARAMETRIZED.sub(r".\1", name).rpartition(".")
        modules.setdefault(module, {})[_WEIGHTS.get(tensor, tensor)] = shape
    _check_count(len(modules))
    root = Node("")
    containers = {"": root}
    for name, tensors in modules.items():
        layer = _layer(name, tensors, "GroupNorm" if whole else "")
        if layer and name:
            parent = _container(containers, ".".join(name.split(".")[:-1][: MAX_DEPTH - 1]))  # deeper ones are cut off
            parent.children.append(Node(layer.local, "", layer))
            _check_count(len(containers))
    if not _in_order_of_definition(list(shapes)):
        _in_usual_order(root)
    return ReadText(Source.STATE_DICT, root, True, ordered=False)


def _check_count(modules: int) -> None:
    if modules > MAX_LAYERS:
        raise CheckError(f"The state dict has more than {MAX_LAYERS:,} modules, and no more are read.")


def _in_order_of_definition(names: list[str]) -> bool:
    """Whether the tensors come as modules were defined: those of each block together, and not sorted by name.

    Files are sorted, by name or by type and name, and a dictionary may have any order.
    """
    told = [name for name in names if not name.endswith("num_batches_tracked")]
    if told == sorted(told):
        return False
    blocks = [name.rpartition(".")[0].rpartition(".")[0] for name in told]
    starts = [re.split(r"(\d{1,9})", block) for block, _ in groupby(blocks)]
    last: dict[tuple[str, ...], list[int]] = {}
    for start in starts:
        words, numbers = tuple(start[::2]), [*map(int, start[1::2])]
        if last.get(words, []) > numbers:
            return False
        last[words] = numbers
    return len(starts) <= 3 * len({*map(tuple, starts)})


def _in_usual_order(node: Node) -> bool:
    """Puts modules in the order in which networks are written. Returns whether a layer of this one reads the image."""
    first = [child for child in node.children if _in_usual_order(child)]
    node.children.sort(key=lambda child: _usual_place(child, stem=child in first))
    conv = node.layer if node.kind is Kind.CONV else None
    return bool(first) or (conv is not None and (conv.inputs or 9) <= _IMAGE_CHANNELS)


def _usual_place(node: Node, *, stem: bool) -> tuple[int, int, int]:
    """Sorts by stem, numbered stages, what follows and classifier; in a block, each norm after its convolution."""
    kind, numbered = node.kind, NUMBERED.match(node.name)
    word, number = (numbered[1], int(numbered[2])) if numbered else (node.name, 0)
    if numbered and not word:  # in a Sequential
        return 0, number, 0
    if kind is Kind.LINEAR or _HEAD.match(node.name):
        return 4, 0, 0
    if is_shortcut(node.name):
        return 3, 0, 0
    if stem and not numbered:
        return 0, 0, 0
    if (numbered and kind is None and not word.startswith("conv")) or (kind is None and _BODY.match(node.name)):
        return 1, number, 0
    return (0 if numbered else 2), number, int(kind is Kind.NORM)


def _container(containers: dict[str, Node], name: str) -> Node:
    """Returns the node with a dotted name, and makes it and those above it if needed."""
    if name not in containers:
        above, _, local = name.rpartition(".")
        containers[name] = Node(local)
        _container(containers, above).children.append(containers[name])
    return containers[name]


def _layer(name: str, tensors: Mapping[str, tuple[int, ...]], unlike_batch_norm: str) -> ReadLayer | None:
    """Reads a layer from its tensors: (out, in, k, k) is a convolution, (out, in) a linear layer, (out,) a norm."""
    weight = tensors.get("weight", ())
    local = name.rpartition(".")[2]
    match len(weight):
        case 3 | 4 | 5:  # one, two or three dimensions
            class_name = "" if len(weight) == 4 else f"Conv{len(weight) - 2}d"
            kernel = (weight[-min(2, len(weight) - 2)], weight[-1])
            return ReadLayer(local, Kind.CONV, class_name, weight[1], weight[0], kernel, bias="bias" in tensors)
        case 2:
            return ReadLayer(local, Kind.LINEAR, inputs=weight[1], outputs=weight[0], bias="bias" in tensors)
        case 1 if "running_mean" in tensors or "bias" in tensors:
            class_name = "" if "running_mean" in tensors else unlike_batch_norm
            return ReadLayer(local, Kind.NORM, class_name, outputs=weight[0])
        case 0 if not local.isdigit() and all(shape in ((), (1,)) for shape in tensors.values()):
            return ReadLayer(local, Kind.SCALE, "Scale")
    return None
