"""The choices of the Compare page: all of them in the link, whichever tab is open."""

from collections.abc import Sequence
from enum import StrEnum

from explorer.compare.budget import Measure
from explorer.compare.landscape import Goal
from explorer.ui.state.url_control import Control, lid, on_off
from explorer.ui.widgets import device
from explorer.ui.widgets.network_editor import more_options

# The networks' places by their key in session and link, with what stands there when the link says nothing.
DEFAULTS = {"net1": "resnet34", "net2": "resnet50"}
OPTIONAL = ("net3", "net4")
PLACES = (*DEFAULTS, *OPTIONAL)

NOTHING = "–"  # a cell of a table without a value


class Tab(StrEnum):
    """The tabs of the page."""

    BUDGET = "Budget"
    CHANGES = "What changes"
    WHAT_IF = "What if"
    LANDSCAPE = "Landscape"
    MEASURED = "Measured"


TAB = Control("tab", Tab.BUDGET, tuple(Tab))
EDIT = lid("edit", "Edit a network in place")
MEASURE = Control("measure", Measure.PARAMS, tuple(Measure), "What to count")
CELL = Control("cell", "")  # the part of a bar whose layers are shown: 2.layer4.3x3
TABLE = lid("table", "The same as a table")
SHARE = on_off("share", "As share of each network's total")
BY = Control("by", "stage", ("stage", "role", "both"), "Steps by")
STEPS = lid("steps", "The steps as a table")
PRESETS = lid("published", "All published networks as a table")
DIFFERS = on_off("differs", "Only what differs")
CHANNELS = Control("channels", "256", (), "Channels")
RATIO = Control("ratio", "4", (), "Reduction ratio")
SIDE = Control("side", "56", (), "Side of the map")
MAX_PARAMS = Control("max_params", "12 M", (), "At most … parameters")
MAX_MACS = Control("max_macs", "2 G", (), "At most … MACs")
GOAL = Control("goal", Goal.DEPTH, tuple(Goal), "Best: most …")

# Which of the networks, by number. Their labels are given where they are drawn.
_NUMBERS = ("1", "2", "3", "4")
EDITED = Control("edit_which", "1", _NUMBERS, "Which one")
TO = Control("to", "2", _NUMBERS[1:], "To")
FROM = Control("from", "1", _NUMBERS, "Starting from")
AROUND = Control("around", "1", _NUMBERS, "Sweep around")
GROUPED = on_off(
    "grouped", "Groups, too", "Sweep bottlenecks also with ResNeXt's groups and Wide ResNet's width: more networks."
)

ALL = (
    *(TAB, EDIT, EDITED, MEASURE, SHARE, CELL, TABLE, STEPS, BY, DIFFERS, TO, FROM, CHANNELS, RATIO, SIDE),
    *(MAX_PARAMS, MAX_MACS, GOAL, AROUND, GROUPED, PRESETS, device.BATCH, device.DEVICE),
    *map(more_options, PLACES),
)


def choose_measure(place: str) -> Measure:
    """Draw the choice of the measure (parameters, MACs, activation memory), which all tabs share."""
    return Measure(MEASURE.segmented(place=place, labels={str(measure): measure.label for measure in Measure}))


def choose_compared(control: Control, names: Sequence[str], *, first: int = 1) -> int:
    """Draw the choice of one network; returns its number, counted from 1. A single one is not asked for."""
    numbers = tuple(str(number) for number in range(first, len(names) + 1))
    if len(numbers) == 1:
        return first
    return int(control.segmented(options=numbers, labels={number: names[int(number) - 1] for number in numbers}))
