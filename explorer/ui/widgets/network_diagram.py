"""Two pictures: the whole network, and one unit of it opened."""

from collections.abc import Iterable

from explorer.charts.network.block import block_diagram
from explorer.charts.network.diagram import network_diagram
from explorer.charts.network.glyphs import shortcut_mark
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Kind, Role
from explorer.network.links import file_name
from explorer.network.names import name_of
from explorer.ui.state import selection
from explorer.ui.state.caching import shared
from explorer.ui.widgets.svg_picture import svg_picture


def network_picture(arch: Architecture, unit: str) -> None:
    """Draw the whole network with ``unit`` highlighted; a click opens another unit."""
    svg_picture(
        network_diagram(arch, unit),
        network_diagram(arch, unit, tall=True),
        key="network",
        filename=file_name(arch.config),
        about=f"{name_of(arch.config)}: the whole network",
        notes=(_signs(arch),),
        legend=legend(arch),
        on_pick=selection.pick,
    )


@shared(64)
def legend(arch: Architecture) -> tuple[tuple[str, str], ...]:
    drawn = {layer.role for layer in arch.layers if layer.kind in (Kind.CONV, Kind.LINEAR)} - {Role.ATTENTION}
    if not arch.config.is_plain:
        drawn.add(Role.SHORTCUT)
    return legend_of(drawn)


def legend_of(roles: Iterable[Role]) -> tuple[tuple[str, str], ...]:
    """Returns the colours of these roles with their names, in the order in which every legend has them."""
    drawn = set(roles)
    return tuple((ROLE_COLOURS[role], ROLE_LABELS[role]) for role in ROLE_LABELS if role in drawn)


_SIGNS = {
    "pad": "dashed with “pad”, new channels are zeros",
    "avg pad": "dashed with “avg pad”, an average pool and channels of zeros",
    "1×1": "marked 1×1, a projection",
    "avg 1×1": "marked avg 1×1, an average pool and a projection",
}


def how_to_read(arch: Architecture) -> str:
    """Returns what the signs in the picture mean, naming only those that this network has, and what a click does."""
    return f"{_signs(arch)} Click a block to open it."


def _signs(arch: Architecture) -> str:
    bars = (
        "Bars are weighted layers, as long as their map's resolution and as thick as their channels (power scales); "
        "pale bars are pooling."
    )
    if arch.config.is_plain:
        return f"{bars} A plain network: nothing runs beside the blocks."
    plans = list(block_plans(arch.config))
    kinds = dict.fromkeys(shortcut_mark(plan) for plan in plans if plan.shortcut != "identity")
    signs = ["unmarked, the identity"] if any(plan.shortcut == "identity" for plan in plans) else []
    return f"{bars} Arcs are shortcuts: {'; '.join([*signs, *map(_SIGNS.__getitem__, kinds)])}."


def unit_picture(arch: Architecture, unit: str, chosen: str) -> None:
    """Draw one unit's layers on both paths; a click selects a layer."""
    svg_picture(
        block_diagram(arch, unit, chosen),
        block_diagram(arch, unit, chosen, tall=True),
        key="unit",
        filename=f"{file_name(arch.config)}-{unit}",
        title=f"Inside {unit}",
        about=f"Inside {unit} of {name_of(arch.config)}",
        legend=legend_of(layer.role for layer in arch.unit_layers(unit)),
        on_pick=selection.pick,
    )
