"""A residual network as a text shows it: a stem, stages of blocks with two paths, and a head."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from explorer.check.values import Layers, ReadLayer, ReadText, Source
from explorer.network.layer import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A block, the stem or the head.

    ``name`` is the block's dotted name, and empty for stem and head. The layers have their full names.
    ``shows_shortcut``: the text has a place for a shortcut, even if it is empty. ``gates`` are the layers of its
    attention, such as squeeze-and-excitation; ``beside`` are dropouts, scales and blurs, which are matched with no
    layer.
    """

    name: str
    main: Layers = ()
    shortcut: Layers = ()
    shows_shortcut: bool = False
    gates: Layers = ()
    beside: Layers = ()

    @property
    def layers(self) -> Layers:
        """The layers of both paths."""
        return self.main + self.shortcut

    def count(self, kind: Kind) -> int:
        """The number of layers of a kind on the main path."""
        return sum(layer.kind is kind for layer in self.main)

    @property
    def convs(self) -> Layers:
        """The convolutions on the main path."""
        return tuple(layer for layer in self.main if layer.kind is Kind.CONV)

    @property
    def projection(self) -> ReadLayer | None:
        """The convolution on the shortcut, if there is one."""
        return next((layer for layer in self.shortcut if layer.kind is Kind.CONV), None)

    @property
    def outputs(self) -> int | None:
        """The channels that the unit puts out, if the text tells."""
        return next((conv.outputs for conv in reversed(self.convs)), None)

    def with_changed(self, changed: ReadLayer, **fields: Any) -> "Unit":
        """Returns the unit with other ``fields`` of one layer of the main path."""
        main = (replace(layer, **fields) if layer is changed else layer for layer in self.main)
        return replace(self, main=tuple(main))


@dataclass(frozen=True, slots=True)
class Stage:
    """Consecutive blocks, with the number in their name. ``bounded``: a container holds these blocks and no others."""

    name: str
    number: int | None
    blocks: tuple[Unit, ...]
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network, or the parts of one that ``text`` shows.

    ``inside``: it is part of something larger, of which ``apart`` names what was left alone, and ``others`` what else
    is a residual network. ``folded``: a table shows each shortcut as one row. ``side`` is the image's side in pixels,
    where a table tells.
    """

    text: ReadText
    stem: Unit
    stages: tuple[Stage, ...]
    head: Unit
    inside: bool = False
    apart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    folded: bool = False
    side: int | None = None

    @property
    def partial(self) -> bool:
        """Whether parts of the network are missing from the text, rather than from the network."""
        if self.text.source is Source.STATE_DICT:
            return not self.stem.main and not self.head.main
        return self.text.cut_start or self.text.cut_end or not (self.stem.main or self.head.main)

    @property
    def blocks(self) -> tuple[Unit, ...]:
        """All blocks in order."""
        return tuple(block for stage in self.stages for block in stage.blocks)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The stem, all blocks and the head, in order."""
        return (self.stem, *self.blocks, self.head)

    @property
    def layers(self) -> Layers:
        """All layers of stem, blocks and head that are compared, in order."""
        return tuple(layer for unit in self.units for layer in unit.layers)

    @property
    def all_layers(self) -> Layers:
        """All layers, with those of attention modules, dropouts, scales and blurs."""
        return tuple(layer for unit in self.units for layer in (*unit.layers, *unit.gates, *unit.beside))

    def with_blocks(self, blocks: Iterable[Unit]) -> "Network":
        """Returns the network with other blocks in its stages, as many as there are."""
        rest = iter(blocks)
        stages = (replace(stage, blocks=tuple(islice(rest, len(stage.blocks)))) for stage in self.stages)
        return replace(self, stages=tuple(stages))

    @property
    def classifier(self) -> ReadLayer | None:
        """The last linear layer of the head."""
        return next((layer for layer in reversed(self.head.main) if layer.kind is Kind.LINEAR), None)

    @property
    def stem_ends_bare(self) -> bool:
        """Whether no norm or activation follows the stem's last convolution, as in pre-activation networks."""
        kinds = [layer.kind for layer in self.stem.main]
        after = kinds[len(kinds) - kinds[::-1].index(Kind.CONV) :] if Kind.CONV in kinds else kinds
        return bool(kinds) and not {Kind.NORM, Kind.ACTIVATION} & set(after)

    def has(self, kind: Kind) -> bool:
        """Whether any block has a layer of this kind on its main path."""
        return any(block.count(kind) for block in self.blocks)
