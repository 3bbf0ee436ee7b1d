"""The truth of batches of one class, as Training > Train or eval? tells it of the network that it opens with."""

from explorer.jobs.idle import WORDS, Request
from explorer.network.options import Norm
from explorer.paths.answers import Measured, Truth
from explorer.training.modes.page_jobs import statistics_of
from explorer.training.modes.sentences import mean_lies_elsewhere, told_narrow, told_norm, varies_less
from explorer.training.modes.values import BatchStatistics
from explorer.training.recorded_networks import recorded_networks

PICTURES = 32  # in the batch


def one_class(_device: str) -> Measured:
    """What the last norm's statistics are like when a batch shows one class: in what they differ from a mixed one's."""
    network = min(
        (each for each in recorded_networks() if each.config.norm is Norm.BATCH), key=lambda n: n.config.depth
    )

    def read(found: BatchStatistics) -> Truth:
        norm = found.norms[-1]
        other = mean_lies_elsewhere(norm) or varies_less(norm)
        return Truth("other" if other else "alike", (told_norm(found, norm, network.classes), told_narrow(norm)))

    return Measured(Request(statistics_of, (network, PICTURES, False), WORDS), read)
