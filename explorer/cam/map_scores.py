"""From a layer's activations and the gradient of the class's score to a map: Grad-CAM, Grad-CAM++ and LayerCAM.

Each takes the activations and the gradient, both (N, C, h, w), and returns the maps (N, h, w) before the ReLU.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from explorer.cam.saliency_map import Method

_EPSILON = 1e-6  # pytorch-grad-cam's, added to the denominator: it matters where squared gradients are this small


def grad_cam_scores(activations: Tensor, gradient: Tensor) -> Tensor:
    """Selvaraju et al. 2017, equations 1 and 2: each channel weighted by the mean of its gradient."""
    return _weighted(gradient.mean((2, 3)), activations)


def grad_cam_plus_plus_scores(activations: Tensor, gradient: Tensor) -> Tensor:
    """Chattopadhay et al. 2018, arXiv:1710.11063, equations 5 and 19, of exp(logit): each channel weighted by the sum
    of its positive gradients, each of which counts more where fewer places of the channel are active."""
    square = gradient * gradient
    sums = activations.sum((2, 3), keepdim=True)
    share = square / (2 * square + sums * square * gradient + _EPSILON)
    return _weighted((gradient.relu() * share).sum((2, 3)), activations)


def layer_cam_scores(activations: Tensor, gradient: Tensor) -> Tensor:
    """Jiang et al. 2021, doi:10.1109/TIP.2021.3089943, equation 6: each place of each channel weighted by its own
    gradient where that is positive."""
    return torch.einsum("nchw,nchw->nhw", gradient.relu(), activations)


def _weighted(weights: Tensor, activations: Tensor) -> Tensor:
    return torch.einsum("nc,nchw->nhw", weights, activations)


SCORES: Mapping[Method, Callable[[Tensor, Tensor], Tensor]] = {
    Method.GRAD_CAM: grad_cam_scores,
    Method.GRAD_CAM_PLUS_PLUS: grad_cam_plus_plus_scores,
    Method.LAYER_CAM: layer_cam_scores,
}
