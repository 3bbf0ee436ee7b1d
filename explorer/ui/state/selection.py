"""The selected layer or block, in the session and in the link (``at=layer2.0.conv2``)."""

from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.ui.state.url_control import Control

SELECTION = Control("at", "")  # a dotted name; the longest is layer5.255.downsample.2


def pick(name: str) -> None:
    """Select a layer or unit from now on."""
    SELECTION.put(name)


def selected(arch: Architecture) -> str:
    """Returns the dotted name of the selected layer or unit; without a choice, the first block that changes shape.

    Where this network does not have the selection, its nearest part is shown. The selection stays, for a network that
    has it.
    """
    return nearest(arch, SELECTION.value)


def missing(arch: Architecture) -> str:
    """Returns the selection where this network does not have it, else nothing."""
    asked = SELECTION.value
    return "" if not asked or asked in arch.by_name or asked in arch.units else asked


def nearest(arch: Architecture, name: str) -> str:
    """Returns ``name`` where the network has it, else its longest prefix that the network has, else the default."""
    while name:
        if name in arch.by_name or name in arch.units:
            return name
        name = name.rpartition(".")[0]
    plans = list(block_plans(arch.config))
    changing = (plan for plan in plans if plan.shortcut in ("project", "pad") and plan.stage > 1)
    return next(changing, plans[0]).name


def unit_of(arch: Architecture, name: str) -> str:
    """Returns the unit a name belongs to: itself, or the layer's block, stem or head."""
    return arch.by_name[name].unit if name in arch.by_name else name
