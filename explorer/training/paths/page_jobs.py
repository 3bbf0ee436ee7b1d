"""The question of the Training page's paths tab. A function for the queue: module-level, picklable in and out."""

from explorer.live.denormals import flushed
from explorer.live.progress import Progress
from explorer.network.config import ResNetConfig
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.inside_effort import PICTURES, SAMPLES
from explorer.training.paths.gradient import path_gradients
from explorer.training.paths.lengths import PathGradients
from explorer.training.untrained import untrained

CALIBRATION_PICTURES = 128  # for the statistics of untrained networks


def paths_of(
    network: TrainedNetwork, initial: ResNetConfig | None, *, progress: Progress | None = None
) -> PathGradients:
    """The gradient by path length in the trained network, on its first ``PICTURES`` test pictures.

    With ``initial`` it is that in an untrained network of this configuration, on the same pictures.
    """

    def measured() -> PathGradients:
        patient = network.load(network.key)
        net = patient.net if initial is None else untrained(initial, patient.calibration[:CALIBRATION_PICTURES])
        images, labels = patient.images[:PICTURES], patient.labels[:PICTURES]
        return path_gradients(net, images, labels, samples=SAMPLES, progress=progress)

    return flushed(measured)  # a long path's gradient can be tiny
