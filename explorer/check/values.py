"""What the packages of "Check my ResNet" hand to each other, and the report that comes out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.text.errors import Refusal
from explorer.text.quantities import first_few

if TYPE_CHECKING:
    from explorer.check.matching.forgive import Comparison

Pair = tuple[int, int]  # height and width
UNNAMED = "?"  # a container whose header is not in the text
NUMBERED = re.compile(r"(.*?)(\d{1,6})$")  # a name that ends in a number


class CheckError(Refusal):
    """Nothing can be checked. The message tells the person who pasted the text what is wrong and what to do."""


class Source(StrEnum):
    """The format of a text; ``error`` is a message of PyTorch's, ``partial`` any other with parts missing."""

    PRINTED = "printed"
    TORCHSUMMARY = "torchsummary"
    TORCHINFO = "torchinfo"
    STATE_DICT = "state_dict"
    KERAS = "keras"
    ERROR = "error"
    PARTIAL = "partial"

    @property
    def is_table(self) -> bool:
        """Whether the text lists output shapes and parameters in the order of the forward pass."""
        return self in (Source.TORCHSUMMARY, Source.TORCHINFO, Source.KERAS)


class Severity(StrEnum):
    """How bad a difference is.

    ``error``: the network fails or computes something else. ``warning``: it runs, but is not the network that was
    meant, or wastes something. ``note``: it is the same network, with a habit worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """One layer as a text shows it. None stands for what the text does not say.

    ``kind`` is None for layers that no residual network has. ``inputs`` and ``outputs`` count channels (features, for a
    norm). ``size`` is the height and width of the output, ``before`` that of the input. ``params`` counts learned
    values.
    """

    name: str
    kind: Kind | None
    class_name: str = ""
    inputs: int | None = None
    outputs: int | None = None
    kernel: Pair | None = None
    stride: Pair | None = None
    padding: Pair | None = None
    dilation: Pair | None = None
    groups: int | None = None
    bias: bool | None = None
    eps: float | None = None
    momentum: float | None = None
    inplace: bool | None = None
    p: float | None = None
    size: Pair | None = None
    before: Pair | None = None
    params: int | None = None

    @property
    def attributes(self) -> dict[str, object]:
        """What the text says about the layer beyond its name, kind and class, by the name of the field."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)[3:]}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def local(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def strides(self) -> bool:
        """Whether the text shows a stride other than 1."""
        return self.stride not in ((1, 1), None)


Layers = tuple[ReadLayer, ...]


@dataclass(slots=True, eq=False)
class Node:
    """A module in the text with its children. A layer has ``layer`` and no children.

    ``class_name`` is empty where the text does not show it, as in a state dict. ``cut``: its header is missing.
    """

    name: str
    class_name: str = ""
    layer: ReadLayer | None = None
    children: list["Node"] = field(default_factory=list)
    size: Pair | None = None
    outputs: int | None = None
    cut: bool = False

    @property
    def kind(self) -> Kind | None:
        """What its layer does, if it is one."""
        return self.layer.kind if self.layer else None

    def walk(self) -> Iterator["Node"]:
        """Yields all modules in this tree, itself included."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.children


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as a tree of modules.

    ``named``: the names are the reader's own, not made up here. ``ordered``: the layers come in the order of the
    forward pass. ``cut_start``, ``cut_end``: the first or the last lines are missing. ``input_bytes``: lower and upper
    bound of one image's size in bytes, where the text tells. ``arriving``: the channels that the first block gets where
    the text begins after the one before it. ``notes``: sentences about how the text was read.
    """

    source: Source
    root: Node
    named: bool
    cut_start: bool = False
    cut_end: bool = False
    input_bytes: tuple[float, float] | None = None
    ordered: bool = True
    arriving: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the network departs from the intended one.

    ``name`` is the dotted name of a layer, a block or a stage in the text, or "network". ``what`` continues it ("has
    256 features, expected 64"). ``cause`` is the likely reason as a sentence. ``also`` names other places with the same
    fault. ``cure`` is Python that puts it right, where that takes a line or two: with the network ``model`` and the
    file's ``state``.
    """

    name: str
    what: str
    cause: str
    severity: Severity
    also: tuple[str, ...] = ()
    cure: str = ""

    @property
    def sentence(self) -> str:
        """Name, other places, difference and cause as one sentence."""
        others = f" (also in {first_few(self.also, 3)})" if self.also else ""
        subject = f"The {self.name}" if self.name in ("network", "file", "checkpoint", "classifier") else self.name
        return f"{subject} {self.what}{others}: {self.cause}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a text shows, what was intended, and how the two differ.

    ``config`` is the configuration that the network is compared with: ``guessed`` from the text, or the reader's own.
    ``why`` says in a sentence why it was taken. ``read`` are the layers, ``assumed`` sentences on what the text cannot
    tell. ``partial``: parts of the network are missing from the text and are not judged. ``sentence`` sums it all up.
    ``others`` names what the text shows beside the network and is not judged. ``comparison`` has each layer beside the
    one that was meant, where the text shows layers.
    """

    source: Source
    partial: bool
    config: ResNetConfig
    guessed: bool
    why: str
    read: Layers
    differences: tuple[Difference, ...]
    assumed: tuple[str, ...]
    sentence: str
    others: tuple[str, ...] = ()
    comparison: "Comparison | None" = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> Source:
        """The format of the text, or ``partial``."""
        return Source.PARTIAL if self.partial else self.source

    @property
    def faults(self) -> tuple[Difference, ...]:
        """The differences that are errors or warnings."""
        return tuple(entry for entry in self.differences if entry.severity is not Severity.NOTE)

    @property
    def notes(self) -> tuple[Difference, ...]:
        """The differences that leave the network what it is."""
        return tuple(entry for entry in self.differences if entry.severity is Severity.NOTE)
