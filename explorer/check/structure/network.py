"""What every residual network has, as a text shows it: a stem, stages of blocks with two paths, a head."""

from dataclasses import dataclass

from explorer.check.values import ReadLayer
from explorer.network.layer import Kind


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
