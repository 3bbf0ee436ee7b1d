"""A residual network as a text shows it: a stem, stages of blocks with two paths, and a head."""

from dataclasses import dataclass

from explorer.check.values import ReadLayer
from explorer.network.layer import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A block, the stem or the head.

    ``name`` is the block's dotted name, and empty for stem and head. The layers have their full names.
    ``shows_shortcut``: the text has a place for a shortcut, even if it is empty. ``gates`` are the layers of its
    attention, such as squeeze-and-excitation; ``beside`` are dropouts, scales and blurs, which are
    matched with no layer.
    """

    name: str
    main: tuple[ReadLayer, ...] = ()
    shortcut: tuple[ReadLayer, ...] = ()
    shows_shortcut: bool = False
    gates: tuple[ReadLayer, ...] = ()
    beside: tuple[ReadLayer, ...] = ()

    @property
    def layers(self) -> tuple[ReadLayer, ...]:
        """The layers of both paths."""
        return self.main + self.shortcut

    @property
    def convs(self) -> tuple[ReadLayer, ...]:
        """The convolutions on the main path."""
        return tuple(layer for layer in self.main if layer.kind is Kind.CONV)

    @property
    def outputs(self) -> int | None:
        """The channels that the unit puts out, if the text tells."""
        return next((conv.outputs for conv in reversed(self.convs)), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """Consecutive blocks. ``number`` is the number in the stage's name, if it has one.

    ``bounded``: a container in the text holds these blocks and no others.
    """

    name: str
    number: int | None
    blocks: tuple[Unit, ...]
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network, or the parts of one that a text shows.

    ``inside``: it is part of something larger, of which ``apart`` names what was left alone, and ``others`` what else
    is a residual network.
    """

    stem: Unit
    stages: tuple[Stage, ...]
    head: Unit
    inside: bool = False
    apart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[Unit, ...]:
        """All blocks in order."""
        return tuple(block for stage in self.stages for block in stage.blocks)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The stem, all blocks and the head, in order."""
        return (self.stem, *self.blocks, self.head)

    @property
    def layers(self) -> tuple[ReadLayer, ...]:
        """All layers of stem, blocks and head that are compared, in order."""
        return tuple(layer for unit in self.units for layer in unit.layers)

    @property
    def all_layers(self) -> tuple[ReadLayer, ...]:
        """All layers, with those of attention modules, dropouts, scales and blurs."""
        return tuple(layer for unit in self.units for layer in (*unit.layers, *unit.gates, *unit.beside))

    @property
    def stem_ends_bare(self) -> bool:
        """Whether no norm or activation follows the stem's last convolution, as in pre-activation networks."""
        kinds = [layer.kind for layer in self.stem.main]
        after = kinds[len(kinds) - kinds[::-1].index(Kind.CONV) :] if Kind.CONV in kinds else kinds
        return bool(kinds) and not {Kind.NORM, Kind.ACTIVATION} & set(after)

    def has(self, kind: Kind) -> bool:
        """Whether any block has a layer of this kind on its main path."""
        return any(layer.kind is kind for block in self.blocks for layer in block.main)
