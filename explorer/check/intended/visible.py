"""What a text shows of any network at all, and how it calls what it shows."""

from dataclasses import dataclass

from explorer.check.intended.settings import majority
from explorer.check.structure.names import canonical_name
from explorer.check.structure.network import Network, Unit
from explorer.check.values import ReadText, Source
from explorer.network.layer import Kind


@dataclass(frozen=True, slots=True)
class Visible:
    """What a text shows of any network, and how it calls it. ``activations`` of a block: as many modules as most have;
    what is fewer than it needs is shared, or a function that ``forward`` calls. ``shortcuts_folded``: shortcuts are one row."""

    source: Source
    named: bool
    ordered: bool
    partial: bool
    cut_start: bool
    cut_end: bool
    shortcuts_folded: bool
    adds: bool
    pads: bool
    activations: int
    by_name: bool
    shift: int
    norms_first: bool | None
    out_of_order: frozenset[str]
    shortcut_name: str
    offset: int = 0


def visible_in(network: Network, reading: ReadText, *, partial: bool, shortcuts_folded: bool) -> Visible:
    """What this text shows."""
    names = [canonical_name(conv) for unit in network.blocks for conv in unit.convs]
    telling = 2 * sum(name is not None for name in names) >= len(names)
    counts = (sum(layer.kind is Kind.ACTIVATION for layer in unit.main) for unit in network.blocks)
    weightless = reading.source is Source.STATE_DICT
    first, odd = (
        _norm_places(network) if reading.named and not reading.ordered and not weightless else (None, frozenset())
    )
    return Visible(
        reading.source,
        reading.named,
        reading.ordered,
        partial,
        reading.cut_start,
        reading.cut_end,
        shortcuts_folded,
        network.has(Kind.ADD) and not weightless,
        any(layer.kind is Kind.PAD for unit in network.blocks for layer in unit.shortcut),
        majority(counts, 0),
        telling and (reading.named or not reading.ordered),
        int("conv0" in names),
        first,
        odd,
        majority(map(shortcut_name, network.blocks), "downsample"),
    )


def shortcut_name(unit: Unit) -> str | None:
    """What a block calls its shortcut, or None where it has none."""
    names = [layer.name.removeprefix(f"{unit.name}.").partition(".")[0] for layer in unit.shortcut]
    return names[0] if names else None


def _norm_places(network: Network) -> tuple[bool | None, frozenset[str]]:
    """Whether blocks define each norm before its convolution, and the norms that do otherwise."""
    places: dict[str, bool] = {}
    for unit in network.blocks:
        convs = {canonical_name(layer): at for at, layer in enumerate(unit.main) if layer.kind is Kind.CONV}
        for at, layer in enumerate(unit.main):
            name = canonical_name(layer)
            if layer.kind is Kind.NORM and name and (conv := convs.get(name.replace("bn", "conv"))) is not None:
                places[layer.name] = at < conv
    usual: bool | None = majority(places.values())
    return usual, frozenset(name for name, first in places.items() if first is not usual)
