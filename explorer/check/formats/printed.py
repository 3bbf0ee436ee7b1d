"""``print(model)`` as a tree: PyTorch's nn.Module.__repr__ (pytorch/pytorch, torch/nn/modules/module.py).

Nothing is evaluated. Indentation tells what is inside what, so a missing line costs no more than itself; where a text
has lost its indentation, brackets do. Every expression reads a line once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from explorer.check.formats.printed_layer import parse_layer
from explorer.check.values import UNNAMED, CheckError, Node, ReadText, Source
from explorer.network.config import LIMITS

MAX_LAYERS = 20_000  # ResNet-1202 has 6,000
_MAX_LINE = 600  # PyTorch's longest is about 120
_MAX_DEPTH = 40
_MAX_WRAPPED = 3
_ENTRY = re.compile(r"\((?P<name>[\w.\-]{1,80})\): (?:(?P<times>\d{1,6}) x )?(?P<cls>[A-Za-z_]\w{0,80})\((?P<rest>.*)$")
_HEADER = re.compile(r"(?<![\w.])(?P<cls>[A-Za-z_]\w{0,80})\($")
_END = re.compile(r"(?:^|[\s>|])(\))[\s`'\"]{0,9}$")
_FOLDED = re.compile(r"(\d{1,6})-(\d{1,6})$")
_ROOT = -1_000_000  # the indent of a network's own header


def looks_printed(line: str) -> bool:
    """Whether a line is one of a module's printed children."""
    return len(line) <= _MAX_LINE and _ENTRY.search(line) is not None


@dataclass(frozen=True, slots=True)
class _Item:
    """One line that counts: ``kind`` is open, leaf or close."""

    kind: str
    indent: int
    name: str = ""
    class_name: str = ""
    inside: str = ""
    times: int = 1


def read_printed(lines: list[str]) -> ReadText:
    """The largest network that is printed in these lines.

    Raises:
        CheckError: more layers than a network can have.
    """
    items = list(_items(lines))
    entries = [item.indent for item in items if item.kind != "close" and item.indent != _ROOT]
    if len(entries) > 1 and len(set(entries)) == 1:
        items = list(_by_brackets(items))
    built: list[_Builder] = []
    for part in _networks(items):
        builder = _Builder(built[-1].modules if built else 0)
        for item in part:
            if not builder.closed:
                builder.add(item)
        builder.end()
        built.append(builder)
    sizes = [count(builder.root) for builder in built]
    best = built[sizes.index(max(sizes))]
    several = sum(size > 2 for size in sizes) > 1
    notes = (f"The text prints {len(built)} networks, of which the largest was read.",) if several else ()
    return ReadText(Source.PRINTED, best.root, True, not best.headed, not best.closed, ordered=False, notes=notes)


def _items(lines: list[str]) -> Iterator[_Item]:
    position = 0
    while position < len(lines):
        line, position = lines[position], position + 1
        if len(line) > _MAX_LINE:
            continue
        end = _END.search(line)
        if end and "(" not in line:
            yield _Item("close", end.start(1))
            continue
        found = _ENTRY.search(line)
        if found is None:
            header = _HEADER.search(line.rstrip())
            if header:
                yield _Item("open", _ROOT, "", header["cls"])
            continue
        rest, indent, taken = found["rest"].rstrip(), found.start(), 0
        times = int(found["times"] or 1)
        if not rest:
            yield _Item("open", indent, found["name"], found["cls"], times=times)
            continue
        while _unbalanced(rest) and taken < _MAX_WRAPPED and position + taken < len(lines):  # a wrapped line
            following = lines[position + taken].strip()
            if len(following) > _MAX_LINE or _ENTRY.search(following):
                break
            rest, taken = rest + following, taken + 1
        if _unbalanced(rest):
            taken = 0  # cut off: nothing of what follows belongs to it
        position += taken
        inside = rest[: rest.rfind(")")] if ")" in rest else rest
        yield _Item("leaf", indent, found["name"], found["cls"], inside, times)


def _unbalanced(rest: str) -> bool:
    """Whether the bracket that a class name opened is still open at the end."""
    return rest.count("(") >= rest.count(")")


def _by_brackets(items: list[_Item]) -> Iterator[_Item]:
    """The same with indents made from the brackets, for a text that has lost its own."""
    depth = 0
    for item in items:
        if item.kind == "close":
            depth -= 1
        yield item if item.indent == _ROOT else replace(item, indent=depth)
        if item.kind == "open" and item.indent != _ROOT:
            depth += 1


def _networks(items: list[_Item]) -> Iterator[list[_Item]]:
    """One part for each header; a header without children is a word of other text."""
    part: list[_Item] = []
    for item in items:
        if item.indent == _ROOT and part:
            if any(entry.name for entry in part):
                yield part
            part = []
        part.append(item)
    yield part


@dataclass(slots=True)
class _Open:
    """A container whose last bracket has not come yet."""

    node: Node
    indent: int
    times: int = 1
    indents: list[int] = field(default_factory=list)  # of its children


class _Builder:
    """Puts items into the tree of one network; ``spent`` counts the modules of the whole text."""

    def __init__(self, spent: int) -> None:
        self.modules = spent
        self.root = Node("")
        self.stack = [_Open(self.root, 2 * _ROOT)]
        self.headed = self.closed = False

    def add(self, item: _Item) -> None:
        """The next line."""
        if item.kind == "close":
            self._close(item.indent)
            return
        if item.indent == _ROOT:
            self.headed = True
        else:
            self._settle(item.indent)
        if item.kind == "leaf":
            node = Node(item.name, item.class_name, parse_layer(item.name, item.class_name, item.inside))
            self._append(node, item.indent)
            self._repeat(node, item.times)
        elif len(self.stack) < _MAX_DEPTH:
            node = Node(item.name, item.class_name)
            self._append(node, item.indent)
            self.stack.append(_Open(node, item.indent, item.times))

    def end(self) -> None:
        """No line follows."""
        while len(self.stack) > 1:
            self._finish()

    def _append(self, node: Node, indent: int) -> None:
        self.modules += 1
        _check_count(self.modules)
        self.stack[-1].node.children.append(node)
        self.stack[-1].indents.append(indent)

    def _settle(self, indent: int) -> None:
        """Leave whatever cannot hold a line of this indent."""
        while len(self.stack) > 1 and self.stack[-1].indent >= indent:
            self._finish()
        self._gather(indent)

    def _close(self, indent: int) -> None:
        while len(self.stack) > 1 and self.stack[-1].indent > indent:
            self._finish()
        top = self.stack[-1]
        if top.indent == indent:
            self._finish()
        elif self.headed and len(self.stack) == 2 and indent < min(top.indents, default=_ROOT + 1):
            self._finish()
            self.closed = True
        else:
            self._gather(indent)

    def _gather(self, indent: int) -> None:
        """Children that stand deeper were inside something whose header is not in the text: make up for it."""
        parent = self.stack[-1]
        start = len(parent.indents)
        while start and parent.indents[start - 1] > indent:
            start -= 1
        if start < len(parent.indents):
            parent.node.children[start:] = [Node(UNNAMED, children=parent.node.children[start:], cut=True)]
            parent.indents[start:] = [indent]

    def _finish(self) -> None:
        done = self.stack.pop()
        self._repeat(done.node, done.times)

    def _repeat(self, node: Node, times: int) -> None:
        """Unfold ``(0-2): 3 x BasicBlock(``; ``node`` is the last of the innermost container."""
        folded = _FOLDED.match(node.name)
        if not folded or times < 2:
            return
        if times > LIMITS["stage_blocks"][1]:
            most = LIMITS["stage_blocks"][1]
            raise CheckError(
                f"The text repeats {node.class_name} {times:,} times: a stage has at most {most:,} blocks."
            )
        self.modules += (times - 1) * count(node)
        _check_count(self.modules)
        parent, first = self.stack[-1], int(folded[1])
        copies = [Node(str(first + step), node.class_name, node.layer, node.children) for step in range(times)]
        parent.node.children[-1:] = copies
        parent.indents[-1:] = parent.indents[-1:] * times


def _check_count(modules: int) -> None:
    if modules > MAX_LAYERS:
        raise CheckError(
            f"The text lists more than {MAX_LAYERS:,} modules, and no more are read: paste one network at a time."
        )


def count(node: Node) -> int:
    """Modules in a tree, itself included."""
    return 1 + sum(map(count, node.children))
