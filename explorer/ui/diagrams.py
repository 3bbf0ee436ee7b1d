"""The two pictures of the page: the whole network, and one unit of it opened."""

from explorer.arithmetic import Architecture
from explorer.charts.block import block_diagram
from explorer.charts.network import network_diagram
from explorer.charts.palette import ROLE_COLOURS
from explorer.layer import Kind, Role
from explorer.presets import to_url
from explorer.ui import selection
from explorer.ui.picture import picture
from explorer.words import ROLE_LABELS


def network_picture(arch: Architecture, unit: str) -> None:
    """The whole network with ``unit`` highlighted; a click opens another unit."""
    drawn = {layer.role for layer in arch.layers if layer.kind in (Kind.CONV, Kind.LINEAR)}
    drawn |= {Role.SHORTCUT} - ({Role.SHORTCUT} if arch.config.is_plain else set())
    legend = [(ROLE_COLOURS[role], ROLE_LABELS[role]) for role in ROLE_LABELS if role in drawn]
    picture(
        network_diagram(arch, unit),
        network_diagram(arch, unit, tall=True),
        key="network",
        filename=_filename(arch),
        legend=legend,
        on_pick=selection.pick,
    )


def how_to_read(arch: Architecture) -> str:
    """A sentence on what the picture's signs mean in this network."""
    bars = "Each bar is a weighted layer, as long as its map's resolution and as thick as its channels (power scales)."
    return f"{bars} {_arcs(arch)} Click a block to open it."


def _arcs(arch: Architecture) -> str:
    if arch.config.is_plain:
        return "A plain network: nothing runs beside the blocks."
    marks = {"pads": "dashed with “pad”: new channels are zeros", "projects": "marked 1×1: a projection"}
    kind = marks["pads"] if arch.config.shortcut.pads else marks["projects"]
    return f"Arcs are shortcuts: unmarked, the identity; {kind}."


def unit_picture(arch: Architecture, unit: str, chosen: str) -> None:
    """One unit's layers on both paths; a click selects a layer."""
    picture(
        block_diagram(arch, unit, chosen),
        block_diagram(arch, unit, chosen, tall=True),
        key="unit",
        filename=f"{_filename(arch)}-{unit}",
        legend=[],
        on_pick=selection.pick,
    )


def _filename(arch: Architecture) -> str:
    return to_url(arch.config).replace("~", "-")
