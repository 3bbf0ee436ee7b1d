"""The question of the Training page's little-by-little tab, for the queue: module-level, picklable in and out."""

from explorer.live.progress import Progress
from explorer.network.config import ResNetConfig
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.refinement.measure import Labelled, refinement
from explorer.training.refinement.values import Refinement
from explorer.training.untrained import untrained

NORM_PICTURES = 128  # for the statistics of untrained networks


def refinement_of(
    network: TrainedNetwork, initial: ResNetConfig | None, *, progress: Progress | None = None
) -> Refinement:
    """The trained network block by block, or with ``initial`` an untrained one of this configuration.

    Both are tested on the trained network's pictures.
    """
    patient = network.load(network.key)
    net = patient.net if initial is None else untrained(initial, patient.calibration[:NORM_PICTURES])
    tested = Labelled(patient.images, patient.labels)
    fitted = Labelled(patient.calibration, patient.calibration_labels)
    return refinement(net, tested, fitted, initial=initial is not None, progress=progress)
