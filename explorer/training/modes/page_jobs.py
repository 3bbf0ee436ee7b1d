"""The questions of the tab "Train or eval?". Functions for the queue: module-level, picklable in and out."""

from explorer.live.progress import Progress, between, no_progress
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.modes.measure import batch_statistics, compare_modes
from explorer.training.modes.values import BatchStatistics, ModeComparison

_LOADED = 0.02  # of the time


def both_modes(network: TrainedNetwork, *, progress: Progress | None = None) -> ModeComparison:
    """The network's test pictures in both modes and batches of all sizes."""
    tested = network.load(network.key)
    tell = between(progress or no_progress, _LOADED, 1.0)
    return compare_modes(tested.net, tested.images, tested.labels, progress=tell)


def statistics_of(
    network: TrainedNetwork, size: int, training: bool, *, progress: Progress | None = None
) -> BatchStatistics:
    """Every batch norm's statistics beside those of a batch of ``size`` test pictures, as ``batch_statistics``."""
    (progress or no_progress)(0.0, "one batch")
    tested = network.load(network.key)
    return batch_statistics(tested.net, tested.images, tested.labels, size, training=training)
