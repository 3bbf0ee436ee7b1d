"""What a text shows of any network, so that nothing else is judged, and how it names what it shows."""

import re
from dataclasses import dataclass

from explorer.check.intended.votes import majority
from explorer.check.structure.names import canonical_name
from explorer.check.structure.network import Network, Unit
from explorer.check.values import ReadText, Source
from explorer.network.layer import Kind

_TRUNK = r"Model$|Encoder|Backbone|Trunk|Feature|Body"


@dataclass(frozen=True, slots=True)
class Visible:
    """What a text shows, and how it names it.

    ``named``: the names are the reader's own. ``ordered``: layers come in the order of the forward pass.
    ``partial``, ``cut_start``, ``cut_end``: parts are missing; the first or the last lines are.
    ``shortcuts_folded``: a table shows each shortcut as one row. ``adds``, ``pads``: it shows sums and zero-pads.
    ``activations``: the number of activation modules in most blocks. A block that needs more shares one, or calls a
    function in ``forward``.
    ``by_name``: layers are matched by their names first. ``number_shift`` is 1 where these count from ``conv0``.
    ``norms_first``: blocks define each norm before its convolution (None where the text does not tell), and
    ``out_of_order`` are the names of the norms that are defined the other way round.
    ``shortcut_name``: what most blocks call their shortcut.
    ``offset``: the index of the configuration's stage with which a part begins.
    """

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
    number_shift: int
    norms_first: bool | None
    out_of_order: frozenset[str]
    shortcut_name: str
    headless: bool
    offset: int = 0


def visible_in(network: Network, reading: ReadText, *, partial: bool, shortcuts_folded: bool) -> Visible:
    """Finds out what the text ``reading`` shows of ``network``; ``offset`` is left at 0."""
    names = [canonical_name(conv) for block in network.blocks for conv in block.convs]
    mostly_named = 2 * sum(name is not None for name in names) >= len(names)
    activations = (sum(layer.kind is Kind.ACTIVATION for layer in block.main) for block in network.blocks)
    has_no_modules = reading.source is Source.STATE_DICT
    norms_first, out_of_order = None, frozenset[str]()
    if reading.named and not reading.ordered and not has_no_modules:
        norms_first, out_of_order = _norm_places(network)
    return Visible(
        source=reading.source,
        named=reading.named,
        ordered=reading.ordered,
        partial=partial,
        cut_start=reading.cut_start,
        cut_end=reading.cut_end,
        shortcuts_folded=shortcuts_folded,
        adds=network.has(Kind.ADD) and not has_no_modules,
        pads=any(layer.kind is Kind.PAD for block in network.blocks for layer in block.shortcut),
        activations=majority(activations, 0),
        by_name=mostly_named and (reading.named or not reading.ordered),
        number_shift=int("conv0" in names),
        norms_first=norms_first,
        out_of_order=out_of_order,
        shortcut_name=majority(map(shortcut_name, network.blocks), "downsample"),
        headless=_is_headless(network, reading),
    )


def _is_headless(network: Network, reading: ReadText) -> bool:
    """Whether nothing that the text shows could be a classifier: it is a trunk, or a file of one."""
    if any(layer.kind is Kind.LINEAR for layer in network.head.main):
        return False
    name = reading.root.class_name or (reading.root.children[0].class_name if len(reading.root.children) == 1 else "")
    return network.inside or reading.source is Source.STATE_DICT or re.search(_TRUNK, name) is not None


def shortcut_name(block: Unit) -> str | None:
    """Returns what a block calls its shortcut, or None where it has none."""
    names = [layer.name.removeprefix(f"{block.name}.").partition(".")[0] for layer in block.shortcut]
    return names[0] if names else None


def _norm_places(network: Network) -> tuple[bool | None, frozenset[str]]:
    """Whether most norms are defined before their convolution, and the names of those that are not like most."""
    places: dict[str, bool] = {}
    for unit in network.blocks:
        convs = {canonical_name(layer): at for at, layer in enumerate(unit.main) if layer.kind is Kind.CONV}
        for at, layer in enumerate(unit.main):
            name = canonical_name(layer)
            if layer.kind is Kind.NORM and name and (conv := convs.get(name.replace("bn", "conv"))) is not None:
                places[layer.name] = at < conv
    usual: bool | None = majority(places.values())
    return usual, frozenset(name for name, first in places.items() if first is not usual)
