"""What a text shows of any network, so that nothing else is judged, and how it names what it shows."""

import re
from dataclasses import dataclass

from explorer.check.structure.names import norms_with_convs, number_of
from explorer.check.structure.network import Network, Unit
from explorer.check.values import Source
from explorer.check.votes import majority
from explorer.network.layer import Kind

_WITHOUT_WEIGHTS = (Kind.ACTIVATION, Kind.ADD, Kind.PAD, Kind.POOL)  # no state dict has these
_TRUNK = r"Model$|Encoder|Backbone|Trunk|Feature|Body"


@dataclass(frozen=True, slots=True)
class Visible:
    """What the text of a ``network`` shows, and how it names it.

    ``hidden`` are the kinds of layers that it does not show.
    ``activations``: the number of activation modules in most blocks. A block that needs more shares one, or calls a
    function in ``forward``.
    ``number_shift``: 1 where names count from ``conv0``, 0 where from ``conv1``, None where they tell no order.
    ``norms_first``: blocks define each norm before its convolution (None where the text does not tell), and
    ``out_of_order`` are the names of the norms that are defined the other way round.
    ``shortcut_name``: what most blocks call their shortcut.
    ``headless``: nothing that it shows could be a classifier: it is a trunk, or a file of one.
    ``offset``: the index of the configuration's stage with which a part begins.
    """

    network: Network
    hidden: frozenset[Kind]
    activations: int
    number_shift: int | None
    norms_first: bool | None
    out_of_order: frozenset[str]
    shortcut_name: str
    headless: bool
    offset: int = 0


def visible_in(network: Network) -> Visible:
    """Finds out what the text shows of ``network``; ``offset`` is left at 0."""
    reading, weights_alone = network.text, network.text.source is Source.STATE_DICT
    numbers = [number_of(conv) for block in network.blocks for conv in block.convs]
    mostly_named = 2 * sum(number is not None for number in numbers) >= len(numbers)
    shown = {layer.kind for block in network.blocks for layer in block.layers}
    norms_first: dict[str, bool] = {}
    for unit in network.blocks if reading.named and not reading.ordered and not weights_alone else ():
        for norm, conv in norms_with_convs(unit.main):
            norms_first[norm.name] = unit.main.index(norm) < unit.main.index(conv)
    usual = majority(norms_first.values())
    root = reading.root
    name = root.class_name or (root.children[0].class_name if len(root.children) == 1 else "")
    trunk = network.inside or weights_alone or re.search(_TRUNK, name) is not None
    return Visible(
        network,
        hidden=frozenset(_WITHOUT_WEIGHTS if weights_alone else {Kind.ADD, Kind.PAD} - shown),
        activations=majority((block.count(Kind.ACTIVATION) for block in network.blocks), 0),
        number_shift=int(0 in numbers) if mostly_named and (reading.named or not reading.ordered) else None,
        norms_first=usual,
        out_of_order=frozenset(name for name, first in norms_first.items() if first is not usual),
        shortcut_name=majority(map(shortcut_name, network.blocks), "downsample"),
        headless=network.classifier is None and trunk,
    )


def shortcut_name(block: Unit) -> str | None:
    """Returns what a block calls its shortcut, or None where it has none."""
    return next((layer.name.removeprefix(f"{block.name}.").partition(".")[0] for layer in block.shortcut), None)
