"""The choices of the damage tab: which network, which blocks are cut or swapped. All of them in the link.

The cuts are a 0 or 1 for each block in forward order, 1 for a cut; two swapped blocks are their names.
"""

from enum import StrEnum

from explorer.network.config import ResNetConfig
from explorer.text.errors import Refusal
from explorer.training.damage.cuts import Damage, block_names, partners, swapped, why_not_cut
from explorer.ui.state.url_control import Control, lid, on_off


class Click(StrEnum):
    """What a click on a block does."""

    CUT = "cut"
    SWAP = "swap two"


NETWORK = Control("damaged", "", (), "Network")
BESIDE = Control("damaged_beside", "", (), "Beside it")
CLICK = Control("damage_click", Click.CUT, tuple(Click), "A click on a block")
CUTS = Control("cuts", "", (), "Cuts")
SWAP = Control("swapped", "", (), "Swap", "Only blocks of one stage that keep the shape of their input.")
RECALIBRATED = on_off(
    "recalibrated",
    "Recalibrate the batch norms",
    "After the damage their running statistics are measured anew, on training pictures. No weight changes.",
)
CURVE = Control("damage_curve", "cuts", ("cuts", "shuffles"), "Damage at random")
VALUES = lid("damage_values", "The same as a table")
CURVE_VALUES = lid("damage_curve_values", "The same as a table")
ALL = (NETWORK, BESIDE, CLICK, CUTS, SWAP, RECALIBRATED, CURVE, VALUES, CURVE_VALUES)


def chosen_damage(config: ResNetConfig) -> Damage:
    """Returns the damage in the link; what this network cannot have is refused, which the page then says."""
    cuts, order = _cuts(config), _order(config)
    return Damage.of(config, cuts, order)


def _cuts(config: ResNetConfig) -> list[str]:
    names = block_names(config)
    marks = CUTS.value or "0" * len(names)
    if len(marks) != len(names) or set(marks) - {"0", "1"}:
        CUTS.refuse(f"it must be a 0 or 1 for each of the {len(names)} blocks")
        return []
    cuts = [name for name, mark in zip(names, marks, strict=True) if mark == "1"]
    why = next(filter(None, (why_not_cut(config, name) for name in cuts)), "")
    if why:
        CUTS.refuse(why.rstrip("."))
        return []
    return cuts


def _order(config: ResNetConfig) -> tuple[str, ...]:
    one, _, other = SWAP.value.partition(" ")
    try:
        return swapped(config, one, other) if other else ()
    except Refusal as error:
        SWAP.refuse(str(error).rstrip("."))
        return ()


def held_block(config: ResNetConfig) -> str:
    """Returns the first of two blocks that are to be swapped, while the second is not chosen yet."""
    return SWAP.value if SWAP.value in block_names(config) else ""


def toggle(config: ResNetConfig, block: str) -> None:
    """Do what a click on this block does. One that cannot be cut stays."""
    if CLICK.value == Click.SWAP:
        first = held_block(config)
        fits = block in partners(config, first)
        SWAP.put(f"{first} {block}" if fits else "" if first == block else block)
    elif not why_not_cut(config, block):
        names = block_names(config)
        cut = set(chosen_damage(config).cuts) ^ {block}
        CUTS.put("".join("1" if name in cut else "0" for name in names) if cut else "")


def heal() -> None:
    """Make the network whole again."""
    CUTS.put("")
    SWAP.put("")
