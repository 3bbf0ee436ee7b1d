"""The layer or block a person has picked, in the session and in the link (``at=layer2.0.conv2``)."""

from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.ui.state.url_control import Control

SELECTION = Control("at", "")  # a dotted name; the longest is layer5.255.downsample.2


def pick(name: str) -> None:
    """Select a layer or unit from now on."""
    SELECTION.put(name)


def selected(arch: Architecture) -> str:
    """The dotted name of the selected layer or unit; without a choice, the first block that changes shape.

    A selection that this network does not have shows as its nearest part, and is kept for when it does again.
    """
    return nearest(arch, SELECTION.value)


def missing(arch: Architecture) -> str:
    """The selection, where this network does not have it; else nothing."""
    asked = SELECTION.value
    return "" if not asked or asked in arch.by_name or asked in arch.units else asked


def nearest(arch: Architecture, name: str) -> str:
    """``name`` where the network has it, else the longest part of it that it has, else the default."""
    while name:
        if name in arch.by_name or name in arch.units:
            return name
        name = name.rpartition(".")[0]
    plans = list(block_plans(arch.config))
    changing = (plan for plan in plans if plan.shortcut in ("project", "pad") and plan.stage > 1)
    return next(changing, plans[0]).name


def unit_of(arch: Architecture, name: str) -> str:
    """The unit a name belongs to: itself, or the block, stem or head of the layer."""
    return arch.by_name[name].unit if name in arch.by_name else name
