"""What "Check my ResNet" works with: the layers of a text, and what differs in them."""

from dataclasses import dataclass, field, fields
from enum import StrEnum

from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind
from explorer.text.errors import Refusal

Pair = tuple[int, int]  # height and width
UNNAMED = "?"  # a container whose header is not in the text


class CheckError(Refusal):
    """Why nothing can be checked, as a sentence for the person who pasted the text: what is wrong, what to do."""


class Source(StrEnum):
    """What a text is. ``partial``: any of the others, with parts of the network left out."""

    PRINTED = "printed"
    TORCHSUMMARY = "torchsummary"
    TORCHINFO = "torchinfo"
    STATE_DICT = "state_dict"
    PARTIAL = "partial"

    @property
    def is_table(self) -> bool:
        """Whether it lists output shapes and parameters in the order of the forward pass."""
        return self in (Source.TORCHSUMMARY, Source.TORCHINFO)


class Severity(StrEnum):
    """``error``: it fails or computes something else. ``warning``: it runs, but is not the network that was meant, or
    wastes something. ``note``: the same network, with a habit worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """One layer as a text shows it; None is what the text does not say.

    ``kind`` is None for what no residual network has. ``inputs`` and ``outputs`` are channels (of a norm, its
    features), ``size`` height and width of the output, ``before`` of the input, ``params`` learned values.
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
    size: Pair | None = None
    before: Pair | None = None
    params: int | None = None

    @property
    def attributes(self) -> dict[str, object]:
        """What is known about it, by the field's name."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)[3:]}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def local(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True, eq=False)
class Node:
    """A module of the text with what is inside it; ``layer`` where it is a leaf. ``class_name`` is empty where the
    text does not show it (its header was cut off: ``cut``; or a state dict)."""

    name: str
    class_name: str = ""
    layer: ReadLayer | None = None
    children: list["Node"] = field(default_factory=list)
    size: Pair | None = None
    outputs: int | None = None
    cut: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether it is a layer."""
        return self.layer is not None


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as a tree. ``named``: its names are the reader's own, not made here. ``ordered``: layers come as the
    forward pass runs them. ``cut_start`` and ``cut_end``: something is missing there. ``input_bytes``: what the text
    says about the size of one image, between which bounds."""

    source: Source
    root: Node
    named: bool
    cut_start: bool = False
    cut_end: bool = False
    input_bytes: tuple[float, float] | None = None
    ordered: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the network departs from the one it was meant to be.

    ``name`` is dotted, as in the text: a layer, a block, a stage, or "network". ``what`` continues it ("has 256
    features, expected 64"); ``cause`` is a sentence; ``also`` names the other places with the same fault.
    """

    name: str
    what: str
    cause: str
    severity: Severity
    also: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it in words."""
        others = ""
        if self.also:
            shown = ", ".join(self.also[:3])
            rest = len(self.also) - 3
            others = f" (also in {shown}{f' and {rest} more' if rest > 0 else ''})"
        subject = "The network" if self.name == "network" else self.name
        return f"{subject} {self.what}{others}: {self.cause}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a text holds, what it was meant to be, and where the two part.

    ``config`` is the network it is compared with: ``guessed`` from the text, and ``why``, or what the reader said.
    ``assumed`` says in sentences what the text cannot tell. ``partial``: parts of the network are not in the text and
    are not judged.
    """

    source: Source
    partial: bool
    config: ResNetConfig
    guessed: bool
    why: str
    read: tuple[ReadLayer, ...]
    differences: tuple[Difference, ...]
    assumed: tuple[str, ...]
    sentence: str

    @property
    def kind(self) -> Source:
        """What the text is: its format, or ``partial``."""
        return Source.PARTIAL if self.partial else self.source

    @property
    def faults(self) -> tuple[Difference, ...]:
        """The differences that are more than a note."""
        return tuple(entry for entry in self.differences if entry.severity is not Severity.NOTE)

    @property
    def notes(self) -> tuple[Difference, ...]:
        """The differences that leave the network what it is."""
        return tuple(entry for entry in self.differences if entry.severity is Severity.NOTE)
