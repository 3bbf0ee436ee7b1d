"""Reads ``print(model)``, PyTorch's ``nn.Module.__repr__`` (pytorch/pytorch, torch/nn/modules/module.py).

Nothing is evaluated. Indentation tells what is inside what, so that a missing line costs no more than itself.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from explorer.check.formats.class_names import kind_of
from explorer.check.formats.limits import MAX_DEPTH, MAX_LAYERS
from explorer.check.formats.printed_layer import parse_layer
from explorer.check.formats.printed_lines import ROOT_INDENT, LineKind, PrintedLine, printed_lines
from explorer.check.values import UNNAMED, CheckError, Node, ReadText, Source
from explorer.network.config import LIMITS

_REPEATED = re.compile(r"(\d{1,6})-(\d{1,6})$")


def read_printed(lines: list[str]) -> ReadText:
    """Reads the largest network that is printed in these lines.

    Raises:
        CheckError: it has more modules, or a stage of it more blocks, than a network can have.
    """
    trees: list[_Tree] = []
    for part in _networks(printed_lines(lines)):
        tree = _Tree(trees[-1].modules if trees else 0)
        for line in part:
            tree.add(line)
        while len(tree.stack) > 1:
            tree.pop()
        trees.append(tree)
    sizes = [sum(1 for _ in tree.root.walk()) for tree in trees]
    largest = trees[sizes.index(max(sizes))]
    several = sum(size > 2 for size in sizes) > 1
    notes = (f"The text prints {len(trees)} networks, of which the largest was read.",) if several else ()
    cut = not largest.headed, not largest.closed
    return ReadText(Source.PRINTED, largest.root, True, *cut, ordered=False, notes=notes)


def _networks(lines: list[PrintedLine]) -> list[list[PrintedLine]]:
    """Divides the lines at the headers; a header without children is a word of other text."""
    headers = (place for place, line in enumerate(lines) if line.indent == ROOT_INDENT and place > 0)
    *parts, last = (lines[start:end] for start, end in pairwise([0, *headers, len(lines)]))
    return [*(part for part in parts if any(line.name for line in part)), last]


@dataclass(slots=True)
class _Open:
    """A container whose last bracket has not come yet, with the indents of its children and the ``least`` of them."""

    node: Node
    indent: int
    times: int = 1
    indents: list[int] = field(default_factory=list)
    least: int = 0


class _Tree:
    """The tree of one network, built line by line.

    ``modules`` counts the modules of the whole text, ``before`` those of the networks before this one. ``headed`` and
    ``closed``: the network's own first and last line have come.
    """

    def __init__(self, before: int) -> None:
        self.modules = before
        self.root = Node("")
        self.stack = [_Open(self.root, 2 * ROOT_INDENT)]
        self.headed = self.closed = False

    def add(self, line: PrintedLine) -> None:
        if self.closed:
            return
        if line.kind is LineKind.CLOSE:
            self._close(line.indent)
            return
        if line.indent == ROOT_INDENT:
            self.headed = True
        else:
            while len(self.stack) > 1 and self.stack[-1].indent >= line.indent:  # it cannot hold this line
                self.pop()
            self._adopt_deeper(line.indent)
        node = Node(line.name, line.class_name)
        if line.kind is LineKind.LAYER:
            node.layer = parse_layer(line.name, line.class_name, line.arguments)
            self._append(node, line.indent)
            self._repeat_last(line.times)
        elif len(self.stack) < MAX_DEPTH:
            if line.arguments and kind_of(line.class_name):  # a layer with modules inside (detectron2, timm)
                layer = parse_layer("", line.class_name, line.arguments)
                node = Node(line.name, "", children=[Node("", line.class_name, layer)])
            self._append(node, line.indent)
            own = [line.indent] * len(node.children)
            self.stack.append(_Open(node, line.indent, line.times, own, line.indent))

    def _append(self, node: Node, indent: int) -> None:
        self._count(1)
        parent = self.stack[-1]
        parent.least = min(parent.least, indent) if parent.indents else indent
        parent.node.children.append(node)
        parent.indents.append(indent)

    def _close(self, indent: int) -> None:
        while len(self.stack) > 1 and self.stack[-1].indent > indent:
            self.pop()
        top = self.stack[-1]
        self.closed = self.headed and len(self.stack) == 2 and bool(top.indents) and top.indent < indent < top.least
        if self.closed or top.indent == indent:
            self.pop()
        else:
            self._adopt_deeper(indent)

    def _adopt_deeper(self, indent: int) -> None:
        """Puts the last children with a deeper indent into an unnamed container: its header is not in the text."""
        parent = self.stack[-1]
        start = len(parent.indents)
        while start and parent.indents[start - 1] > indent:
            start -= 1
        if start < len(parent.indents):
            parent.node.children[start:] = [Node(UNNAMED, children=parent.node.children[start:], cut=True)]
            parent.indents[start:] = [indent]
            parent.least = min(parent.least, indent)

    def pop(self) -> None:
        self._repeat_last(self.stack.pop().times)

    def _repeat_last(self, times: int) -> None:
        """Repeats the last child of the innermost container if it is one of ``(0-2): 3 x BasicBlock(``."""
        parent = self.stack[-1]
        node = parent.node.children[-1]
        repeated = _REPEATED.match(node.name)
        if not repeated or times < 2:
            return
        most = LIMITS["stage_blocks"][1]
        if times > most:
            raise CheckError(
                f"The text repeats {node.class_name} {times:,} times: a stage has at most {most:,} blocks."
            )
        self._count((times - 1) * sum(1 for _ in node.walk()))
        first = int(repeated[1])
        parent.node.children[-1:] = [
            Node(str(first + step), node.class_name, node.layer, node.children) for step in range(times)
        ]
        parent.indents[-1:] = parent.indents[-1:] * times

    def _count(self, modules: int) -> None:
        self.modules += modules
        if self.modules > MAX_LAYERS:
            raise CheckError(
                f"The text lists more than {MAX_LAYERS:,} modules, and no more are read: paste one network at a time."
            )
