"""The tree of a text as what every residual network has: a stem, stages of blocks with a main path and a shortcut, a
head. Names are the reader's own; where a text has none, torchvision's by place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from explorer.check.classes import GENERIC, IGNORED, is_custom, is_padding, is_shortcut
from explorer.check.values import UNNAMED, Node, Reading, ReadLayer
from explorer.layer import Kind

MAX_CONVS = 8  # of a block; one with more is a network of another kind
_IMAGE_CHANNELS = (1, 3, 4)
_NUMBERED = re.compile(r"(.*?)(\d{1,6})$")
_STEM = re.compile(r"stem|conv1$|conv0$|layer0$|init|input|first", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """Layers that belong together, with their whole names. ``name`` is the block's, dotted; of stem and head it is
    what their own names begin with. ``shows_shortcut``: the text has a place for one, if an empty one."""

    name: str
    main: tuple[ReadLayer, ...] = ()
    shortcut: tuple[ReadLayer, ...] = ()
    shows_shortcut: bool = False

    @property
    def layers(self) -> tuple[ReadLayer, ...]:
        """Both paths."""
        return self.main + self.shortcut

    @property
    def convs(self) -> tuple[ReadLayer, ...]:
        """The main path's convolutions."""
        return tuple(layer for layer in self.main if layer.kind is Kind.CONV)

    @property
    def outputs(self) -> int | None:
        """Channels that it hands on."""
        return next((conv.outputs for conv in reversed(self.convs)), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """Blocks that follow each other; ``number`` is what the text calls it, if it does; ``bounded`` tells whether a
    container holds just them."""

    name: str
    number: int | None
    blocks: tuple[Unit, ...]
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network, or the parts of one that a text shows."""

    stem: Unit
    stages: tuple[Stage, ...]
    head: Unit
    class_name: str = ""

    @property
    def blocks(self) -> tuple[Unit, ...]:
        """All blocks in order."""
        return tuple(block for stage in self.stages for block in stage.blocks)

    @property
    def layers(self) -> tuple[ReadLayer, ...]:
        """Everything in order."""
        return self.stem.layers + tuple(layer for block in self.blocks for layer in block.layers) + self.head.layers

    @property
    def stem_ends_bare(self) -> bool:
        """Whether nothing but a pool follows the stem's last convolution, as in pre-activation networks."""
        kinds = [layer.kind for layer in self.stem.main]
        after = kinds[len(kinds) - kinds[::-1].index(Kind.CONV) :] if Kind.CONV in kinds else kinds
        return bool(kinds) and not {Kind.NORM, Kind.ACTIVATION} & set(after)

    def has(self, kind: Kind) -> bool:
        """Whether any block has such a layer on its main path."""
        return any(layer.kind is kind for block in self.blocks for layer in block.main)


@dataclass(frozen=True, slots=True)
class _Leaf:
    path: tuple[Node, ...]  # the containers around it, the outermost first
    layer: ReadLayer


def network_of(reading: Reading) -> Network | None:
    """The parts of the tree, or None where it has no block."""
    _name_the_unnamed(reading.root)
    leaves = list(_leaves(reading.root, ()))
    chosen = _blocks(leaves)
    if not chosen:
        if not (reading.cut_start and _is_inside_of_block(leaves)):
            return None
        chosen = {id(reading.root): reading.root}
    holding = {id(node) for leaf in leaves if _owner(leaf.path, chosen) for node in leaf.path}
    stem: list[ReadLayer] = []  # without what a cut has left of a block: that cannot be judged
    head: list[ReadLayer] = []
    blocks: list[tuple[Node | None, Unit]] = []
    for node, group in groupby(leaves, key=lambda leaf: _owner(leaf.path, chosen)):
        if node is not None and node.cut and not reading.named:
            continue  # without names nothing tells which of its layers these are
        if node is not None:
            inside = list(group)
            path = inside[0].path
            place = next(at for at, entry in enumerate(path) if entry is node)
            blocks.append((path[place - 1] if place else None, _unit(node, place, inside, named=reading.named)))
        else:
            whole = [leaf for leaf in group if not any(part.cut and id(part) not in holding for part in leaf.path)]
            named = [replace(leaf.layer, name=_dotted(leaf.path, leaf.layer.name)) for leaf in whole]
            (head if blocks else stem).extend(layer for layer in named if not _is_nothing(layer))
    stages = _stages(blocks)
    network = Network(Unit("", tuple(stem)), stages, Unit("", tuple(head)), _class_name(reading.root))
    return network if reading.named else _named(network)


def _leaves(node: Node, path: tuple[Node, ...]) -> Iterator[_Leaf]:
    if node.layer is not None:
        yield _Leaf(path, node.layer)
    elif is_padding(node.class_name):
        yield from _padding(node, path)
    else:
        for child in node.children:
            yield from _leaves(child, (*path, node))


def _padding(node: Node, path: tuple[Node, ...]) -> Iterator[_Leaf]:
    """A module that pads, with the pool inside it: KellerJordan's max pool of 1×1 is a subsampling, no pool."""
    stride = None
    for child in node.children:
        pool = child.layer
        if pool and pool.kind is Kind.POOL and pool.class_name != "MaxPool2d":
            yield _Leaf((*path, node), pool)
            stride = (1, 1)
        elif pool and pool.kind is Kind.POOL:
            stride = pool.stride
    pad = ReadLayer(node.name, Kind.PAD, node.class_name, stride=stride, outputs=node.outputs, size=node.size)
    yield _Leaf(path, pad)


def _is_nothing(layer: ReadLayer) -> bool:
    return layer.class_name in IGNORED or (layer.kind is None and layer.class_name in GENERIC and not layer.params)


def _name_the_unnamed(node: Node) -> None:
    """Containers whose header was cut off take the name before their neighbour's: what precedes ``layer2``."""
    for child, following in pairwise(node.children):
        numbered = _NUMBERED.match(following.name)
        if child.name == UNNAMED and not following.is_leaf and numbered and int(numbered[2]) > 0:
            child.name = f"{numbered[1]}{int(numbered[2]) - 1}"
            child.class_name = following.class_name
    for child in node.children:
        _name_the_unnamed(child)


def _convs(leaves: list[_Leaf]) -> dict[int, int]:
    """Convolutions under each container."""
    counts: dict[int, int] = {}
    for leaf in leaves:
        for node in leaf.path:
            counts[id(node)] = counts.get(id(node), 0) + (leaf.layer.kind is Kind.CONV)
    return counts


def _blocks(leaves: list[_Leaf]) -> dict[int, Node]:
    """The containers that are residual blocks, by their identity."""
    counts = _convs(leaves)
    linear = {id(node) for leaf in leaves if leaf.layer.kind is Kind.LINEAR for node in leaf.path}
    found: dict[int, Node] = {}
    above: set[int] = set()
    for leaf in leaves:
        node = _block_around(leaf, counts) if leaf.layer.kind is Kind.CONV else None
        if node is not None:
            found[id(node)] = node
            above |= {id(outer) for outer in leaf.path[: leaf.path.index(node)]}
    found = {
        key: node for key, node in found.items() if key not in above and key not in linear and counts[key] <= MAX_CONVS
    }
    return _without_stem(found, leaves)


def _block_around(leaf: _Leaf, counts: dict[int, int]) -> Node | None:
    """The container that is the block of a convolution, if it is in one."""
    path = leaf.path
    own = [node for node in path if is_custom(node.class_name) and not _stands_on_shortcut(node)]
    if own:
        inner = own[-1]
        if counts[id(inner)] == 1:
            around = [node for node in own[:-1] if 2 <= counts[id(node)] <= MAX_CONVS]
            inner = around[-1] if around else inner
        return inner
    numbered = [node for node in path[1:] if node.name.isdigit() or node.name == UNNAMED]
    if numbered:
        return numbered[-1]
    several = [node for node in path[1:] if 2 <= counts[id(node)] <= MAX_CONVS]
    return several[-1] if several else None


def _stands_on_shortcut(node: Node) -> bool:
    return is_shortcut(node.name) or is_shortcut(node.class_name)


def _without_stem(found: dict[int, Node], leaves: list[_Leaf]) -> dict[int, Node]:
    """The first container is no block if its class is nobody else's and it reads the image."""
    convs = [leaf for leaf in leaves if leaf.layer.kind is Kind.CONV]
    if len(found) < 2 or _owner(convs[0].path, found) is None:
        return found
    key, first = next(iter(found.items()))
    if first.cut and not _is_followed(first, found, leaves):
        return found  # a text that begins inside of a block
    others = [node for node in found.values() if node is not first]
    if is_custom(first.class_name):
        alike = any(node.class_name == first.class_name for node in others)
    else:
        alike = not all(is_custom(node.class_name) for node in others)
    reads_image = convs[0].layer.inputs in _IMAGE_CHANNELS or _STEM.search(first.name) is not None
    if (not alike and not is_custom(first.class_name)) or (reads_image and not (alike and is_custom(first.class_name))):
        del found[key]
    return found


def _is_followed(first: Node, found: dict[int, Node], leaves: list[_Leaf]) -> bool:
    """Whether layers of the stem stand between a container and the next block."""
    owners = [_owner(leaf.path, found) for leaf in leaves]
    last = max(place for place, owner in enumerate(owners) if owner is first)
    return owners[last + 1 : last + 2] == [None]


def _is_inside_of_block(leaves: list[_Leaf]) -> bool:
    """Whether these are the lines between a block's brackets."""
    convs = [leaf.layer for leaf in leaves if leaf.layer.kind is Kind.CONV]
    linear = any(leaf.layer.kind is Kind.LINEAR for leaf in leaves)
    return 0 < len(convs) <= 4 and (convs[0].inputs or 0) > max(_IMAGE_CHANNELS) and not linear


def _owner(path: tuple[Node, ...], chosen: dict[int, Node]) -> Node | None:
    return next((node for node in path if id(node) in chosen), None)


def _dotted(path: tuple[Node, ...], name: str) -> str:
    return ".".join(part for part in (*(node.name for node in path), name) if part)


def _unit(node: Node, place: int, leaves: list[_Leaf], *, named: bool) -> Unit:
    """A block's two paths; ``place`` is how deep the block stands."""
    inner = [(leaf.path[place + 1 :], leaf.layer) for leaf in leaves]
    apart = _shortcut_containers(inner, named=named)
    main: list[ReadLayer] = []
    shortcut: list[ReadLayer] = []
    shows = False
    for (path, layer), leaf in zip(inner, leaves, strict=True):
        beside = (
            layer.kind is Kind.PAD
            or is_shortcut(layer.name)
            or any(id(entry) in apart or _stands_on_shortcut(entry) for entry in path)
        )
        # An empty Sequential, or the last level of a table that goes no deeper.
        own = layer.class_name not in IGNORED and is_shortcut(layer.class_name)
        hidden = layer.kind is None and (layer.class_name in GENERIC or own)
        shows = shows or beside or hidden
        whole = replace(layer, name=_dotted(leaf.path, layer.name))
        if not _is_nothing(layer) or (hidden and not named):
            (shortcut if beside or hidden else main).append(whole)
    name = _dotted(leaves[0].path[: place + 1], "")
    return _projection_by_shape(Unit(name, tuple(main), tuple(shortcut), shows))


def _shortcut_containers(inner: list[tuple[tuple[Node, ...], ReadLayer]], *, named: bool) -> set[int]:
    """Containers in a block that hold one 1×1 convolution, or none, beside others that hold the rest."""
    outer: dict[int, list[ReadLayer]] = {}
    made_up: set[int] = set()
    for path, layer in inner:
        if path and not (named and re.match(r"(conv|main|branch|residual|left)", path[0].name, re.IGNORECASE)):
            outer.setdefault(id(path[0]), []).append(layer)
            made_up |= {id(path[0])} if path[0].cut else set()
    total = sum(layer.kind is Kind.CONV for _, layer in inner)
    found = []
    for key, layers in outer.items():
        convs = [layer for layer in layers if layer.kind is Kind.CONV]
        cut = key in made_up and len(convs) == 1 and convs[0].local.isdigit()
        if (
            len(convs) <= 1
            and (cut or total - len(convs) >= 2)
            and all(conv.kernel in ((1, 1), None) for conv in convs)
        ):
            found.append(key)
    return set(found[-1:])


def _projection_by_shape(unit: Unit) -> Unit:
    """A third convolution of 1×1 after two of 3×3 is the projection, whatever its name (d2l.ai calls it conv3)."""
    convs = unit.convs
    if unit.shortcut or [conv.kernel for conv in convs] != [(3, 3), (3, 3), (1, 1)]:
        return unit
    if convs[2].inputs != convs[0].inputs:
        return unit
    main = tuple(layer for layer in unit.main if layer is not convs[2])
    return replace(unit, main=main, shortcut=(convs[2],), shows_shortcut=True)


def _stages(blocks: list[tuple[Node | None, Unit]]) -> tuple[Stage, ...]:
    """Blocks by the container that they share, or, where they share one with everything, by their shapes."""
    stages: list[Stage] = []
    for _, group in groupby(blocks, key=lambda entry: id(entry[0])):
        members = list(group)
        parent, units = members[0][0], tuple(unit for _, unit in members)
        listed = parent is not None and parent.class_name in ("Sequential", "ModuleList")
        named = parent is not None and not is_custom(parent.class_name) and (parent.cut or parent.name != "")
        holds_one = listed or named or _are_counted(units)
        parts = [units] if holds_one and not _several_widths(units) else list(_by_shape(units))
        for part in parts:
            name = part[0].name.rpartition(".")[0] if len(parts) == 1 else ""
            numbered = _NUMBERED.match(name.rpartition(".")[2])
            bounded = listed and len(parts) == 1
            stages.append(Stage(name, int(numbered[2]) if numbered and numbered[1] else None, part, bounded))
    return tuple(stages)


def _are_counted(units: tuple[Unit, ...]) -> bool:
    """Whether blocks are called by numbers that follow each other, as the entries of one list."""
    names = [unit.name.rpartition(".")[2] for unit in units]
    numbers = [int(name) for name in names if name.isdigit() and len(name) < 6]
    return len(numbers) == len(names) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _several_widths(units: tuple[Unit, ...]) -> bool:
    """Whether a container holds several stages: its widths grow twice."""
    widths = [width for width, _ in groupby(unit.outputs or 0 for unit in units)]
    return len(widths) >= 3 and widths == sorted(set(widths))


def _by_shape(units: tuple[Unit, ...]) -> Iterator[tuple[Unit, ...]]:
    """A new stage where a block hands on another shape than the block before."""
    part: list[Unit] = []
    for unit in units:
        if part and (_halves(unit) or not _same_shape(part[-1], unit)):
            yield tuple(part)
            part = []
        part.append(unit)
    yield tuple(part)


def _same_shape(one: Unit, other: Unit) -> bool:
    """Whether two blocks hand on the same shape, as far as the text tells."""
    sizes = [next((conv.size for conv in reversed(unit.convs)), None) for unit in (one, other)]
    pairs = ((one.outputs, other.outputs), sizes)
    return all(left is None or right is None or left == right for left, right in pairs)


def _halves(unit: Unit) -> bool:
    return any(layer.kind is Kind.CONV and layer.stride not in ((1, 1), None) for layer in unit.layers)


def _class_name(root: Node) -> str:
    headers = [child.class_name for child in root.children if not child.is_leaf and not child.name]
    return headers[0] if len(headers) == 1 and len(root.children) == 1 else ""


def _named(network: Network) -> Network:
    """The same with torchvision's names."""
    stages = tuple(
        Stage(
            f"layer{number}",
            None,
            tuple(_named_block(block, f"layer{number}.{index}") for index, block in enumerate(stage.blocks)),
            stage.bounded,
        )
        for number, stage in enumerate(network.stages, start=1)
    )
    stem = Unit("", tuple(_by_kind(network.stem.main, "")))
    return replace(network, stem=stem, stages=stages, head=Unit("", tuple(_by_kind(network.head.main, "", head=True))))


def _named_block(block: Unit, name: str) -> Unit:
    shortcut = (replace(layer, name=f"{name}.downsample.{at}") for at, layer in enumerate(block.shortcut))
    return Unit(name, tuple(_by_kind(block.main, f"{name}.")), tuple(shortcut), block.shows_shortcut)


def _by_kind(layers: tuple[ReadLayer, ...], prefix: str, *, head: bool = False) -> Iterator[ReadLayer]:
    """Names for layers in the order in which they run: a norm has the number of the convolution that it belongs to."""
    early = bool(layers) and layers[0].kind in (Kind.NORM, Kind.ACTIVATION)
    convs = 0
    for layer in layers:
        convs += layer.kind is Kind.CONV
        number = convs if layer.kind is Kind.CONV else max(convs, 1) + (early and convs > 0)
        yield replace(layer, name=prefix + _local_name(layer, number, head=head))


def _local_name(layer: ReadLayer, number: int, *, head: bool) -> str:
    names = {
        Kind.CONV: f"conv{number}",
        Kind.NORM: "bn_last" if head else f"bn{number}",
        Kind.ACTIVATION: "act_last" if head else f"act{number}",
        Kind.POOL: "avgpool" if head else "maxpool",
        Kind.LINEAR: "fc",
        Kind.ADD: "add",
    }
    return layer.class_name.lower() if layer.kind is None else names.get(layer.kind, layer.class_name.lower())
