"""The choices of the Training page: all of them in the link, whichever tab is open."""

from enum import StrEnum

from explorer.network.options import Norm, Shortcut
from explorer.training.curve import Axis, Measure
from explorer.training.data import DataSet
from explorer.training.recipe import Optimizer, Schedule
from explorer.training.recorded_sets import SEEDS, Shown
from explorer.ui.state.url_control import Control, lid, on_off
from explorer.ui.widgets import device


class TrainingView(StrEnum):
    """The tabs of the page."""

    RACE = "Race"
    RECORDED = "Recorded runs"
    DAMAGE = "Damage"
    LITTLE = "Little by little"
    PATHS = "Many paths"
    MODES = "Train or eval?"
    SHATTERED = "Shattered gradients"
    LANDSCAPE = "Landscape"

    @property
    def question(self) -> str:
        """What the tab answers: its heading."""
        return _QUESTIONS[self]


_QUESTIONS = {
    TrainingView.RACE: "Does a deeper network learn better?",
    TrainingView.RECORDED: "Does a deeper network learn better, given more time?",
    TrainingView.DAMAGE: "Does a trained network need every block?",
    TrainingView.LITTLE: "How much does each block change?",
    TrainingView.PATHS: "How many ways lead through a network, and which matter?",
    TrainingView.MODES: "Train or eval: why does the same network answer differently?",
    TrainingView.SHATTERED: "Do inputs that are alike get gradients that are alike?",
    TrainingView.LANDSCAPE: "What does the loss look like around the trained weights?",
}


VIEW = Control("experiment", TrainingView.RACE, tuple(TrainingView))
DATA = Control(
    "pictures",
    DataSet.DIGITS,
    tuple(DataSet),
    "Pictures",
    "scikit-learn's 1,797 handwritten digits of 8 × 8 are always there. Fashion-MNIST, 70,000 pictures of clothing of "
    "28 × 28, takes minutes, and is downloaded if the server does not have it.",
)
DEPTHS = Control(
    "race_depths", "20, 56", (), "Depths", "Two depths of 6n + 2 layers: 8, 14, 20, 26, ... (He et al. 2015, 4.2)."
)
SHORTCUT = Control(
    "race_shortcut", Shortcut.A, (Shortcut.A, Shortcut.B, Shortcut.C), "Shortcut", "Of the two residual networks."
)
RATE = Control("learning_rate", "0.1", (), "Learning rate", "The highest; the schedule lowers it.")
STEPS = Control(
    "race_steps", "120", (), "Steps", "Batches that are learned from. 120 + 100: the schedule begins anew after 120."
)
OWN = on_off("own_race", "Race my network")
MORE = lid("race_more", "More: norm, zero-init, schedule, batch, optimizer, seed")
NORM = Control("race_norm", Norm.BATCH, (Norm.BATCH, Norm.GROUP, Norm.NONE), "Norm")
ZERO_INIT = on_off("race_zero_init", "Zero-init the last norm of each branch")
SCHEDULE = Control("schedule", Schedule.COSINE, tuple(Schedule), "Schedule")
OPTIMIZER = Control("optimizer", Optimizer.SGD, tuple(Optimizer), "Optimizer", "SGD has momentum 0.9.")
BATCH = Control("race_batch", "128", (), "Pictures in a batch")
SEED = Control("race_seed", "0", (), "Seed", "Decides the initial weights and the order of the pictures.")
MEASURE = Control("curves", Measure.TRAIN_LOSS, tuple(Measure), "What to look at")
AXIS = Control("axis", Axis.STEPS, tuple(Axis), "Against")
VALUES = lid("race_values", "The same as a table")
RECORDED = Control("recorded", Shown.FASHION, tuple(Shown), "Recorded")
RECORDED_SEED = Control(
    "recorded_seed", "", ("", *map(str, range(SEEDS))), "Seed", "Each has other initial weights and another order."
)
REPLAY = Control("replay", "", (), "Replay", "How far the training is. Arrow keys work, too.")
COPIED = on_off("copied", "Could plain-56 copy plain-20?", "Its weights are set by hand instead of being trained.")

ALL = (
    *(VIEW, DATA, DEPTHS, SHORTCUT, RATE, STEPS, OWN, MORE, NORM, ZERO_INIT, SCHEDULE, OPTIMIZER, BATCH, SEED),
    *(MEASURE, AXIS, VALUES, RECORDED, RECORDED_SEED, REPLAY, COPIED, device.DEVICE),
)
