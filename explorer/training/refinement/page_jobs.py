"""The questions of the Training page's little-by-little tab, for the queue: module-level, picklable in and out."""

from explorer.live.progress import Progress
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet
from explorer.training.damage.trained import Patient, TrainedNetwork
from explorer.training.refinement.maps import BlockMaps
from explorer.training.refinement.measure import Labelled, block_maps, refinement
from explorer.training.refinement.values import Refinement
from explorer.training.untrained import untrained

NORM_PICTURES = 128  # for the statistics of untrained networks
CHANNELS = 6  # whose maps are shown


def refinement_of(
    network: TrainedNetwork, initial: ResNetConfig | None, *, progress: Progress | None = None
) -> Refinement:
    """The trained network block by block, or with ``initial`` an untrained one of this configuration.

    Both are tested on the trained network's pictures.
    """
    patient, net = _loaded(network, initial)
    tested = Labelled(patient.images, patient.labels)
    fitted = Labelled(patient.calibration, patient.calibration_labels)
    return refinement(net, tested, fitted, initial=initial is not None, progress=progress)


def maps_of(network: TrainedNetwork, initial: ResNetConfig | None, block: str, picture: int) -> BlockMaps:
    """The maps of one block for one of the test pictures."""
    patient, net = _loaded(network, initial)
    return block_maps(net, patient.images[picture], block, CHANNELS)


def _loaded(network: TrainedNetwork, initial: ResNetConfig | None) -> tuple[Patient, ResNet]:
    patient = network.load(network.key)
    return patient, patient.net if initial is None else untrained(initial, patient.calibration[:NORM_PICTURES])
