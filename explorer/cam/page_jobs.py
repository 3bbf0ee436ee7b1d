"""What the Grad-CAM page asks for, as functions for the queue: plain arguments in, plain values out.

A picture comes as the numbers that a network gets (``explorer.pictures.preprocess``), the reader's own weights as the
file that was sent (``weights``). No answer holds a pixel or a weight, so answers may be shared and kept.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from explorer.cam.attributions import guided_grad_cam, integrated_gradients, occlusion
from explorer.cam.check_values import Randomisation, Trial
from explorer.cam.deletion_check import belief_curve
from explorer.cam.input_checks import checked_images, finite
from explorer.cam.maps import atlas, cam
from explorer.cam.randomisation_check import randomisation, randomisation_over
from explorer.cam.results import Attributed, Examination, Look
from explorer.cam.saliency_map import QUICK, Method
from explorer.jobs.job import Attachment
from explorer.live.preflight import USABLE, kept_bytes, preflight
from explorer.live.progress import Progress, no_progress, part_of
from explorer.live.shared_network import features_of
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet
from explorer.pictures.decode import read_picture
from explorer.pictures.preprocess import Preprocess
from explorer.pictures.samples import PictureKind, sample_bytes, samples
from explorer.text.errors import Refusal
from explorer.text.quantities import size
from explorer.weights.catalogue import embedded
from explorer.weights.familiarity import Strangeness
from explorer.weights.load import familiarity, trained, uploaded_network
from explorer.weights.uploaded import Own

__all__ = [
    "Asked",
    "attribute",
    "examine",
    "examine_once",
    "first_look",
    "network_and_picture",
    "network_of",
    "of_crop",
    "randomise_samples",
    "strangeness_of",
]

Input = NDArray[np.float32]
Answer = TypeVar("Answer")

_KEPT = 8  # examinations, of the app's own networks alone
_EXAMINED: dict[Hashable, Examination] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which network is asked: that of the weight set ``key``, or of the reader's ``own`` file, given beside it."""

    key: str
    device: str = "cpu"
    own: Own | None = None


def of_crop(
    function: Callable[..., Answer],
    asked: Asked,
    *,
    crop: bytes,
    preprocess: Preprocess,
    progress: Progress | None = None,
    **given: Any,
) -> Answer:
    """The answer of another function here for a picture that ``Preprocess.cropped`` made; ``crop`` is its RGB bytes.

    A network may want 2048 pixels a side: their numbers and a digest of them take a third of a second.
    """
    side = preprocess.crop
    picture = preprocess.numbers(Image.frombytes("RGB", (side, side), crop))
    return function(asked, picture=picture, progress=progress, **given)


def first_look(
    asked: Asked,
    *,
    picture: Input,
    weights: Attachment | None = None,
    target: int | None = None,
    against: int | None = None,
    progress: Progress | None = None,
) -> Look:
    """The logits of a ``picture`` (1, C, H, W), and Grad-CAM of ``target`` (the likeliest class where None) at the stem
    and every block.

    Raises:
        Refusal: weights that cannot be had or give no numbers, or a class that there is not.
    """
    tell = progress or no_progress
    net, image = network_and_picture(asked, weights, picture, tell)
    tell(0.3, "the picture goes through")
    with features_of(net) as features:
        found = atlas(net, image, target, against=against, progress=tell)
    finite(torch.from_numpy(found.logits))
    strangeness = strangeness_of(asked, features[0], found.logits)
    return Look(found.logits[0], found.targets[0], found.strip(found.targets[0]), against, strangeness)


def attribute(
    asked: Asked,
    method: Method,
    *,
    picture: Input,
    weights: Attachment | None = None,
    target: int,
    layer: str,
    progress: Progress | None = None,
) -> Attributed:
    """Another method's map for ``target``; ``layer`` is for the methods that read one.

    Raises:
        Refusal: as ``first_look``, or a method that is not defined for this network. ValueError: Grad-CAM itself.
    """
    tell = progress or no_progress
    net, image = network_and_picture(asked, weights, picture, tell)
    if method in QUICK:
        return Attributed(cam(net, image, target, layer, method=method).maps[0])
    if method is Method.GUIDED_GRAD_CAM:
        return Attributed(guided_grad_cam(net, image, target, layer, progress=tell)[0])
    if method is Method.INTEGRATED_GRADIENTS:
        found = integrated_gradients(net, image, target, progress=tell)
        return Attributed(found.maps[0], found.rises[0], found.deltas[0])
    if method is Method.OCCLUSION:
        return Attributed(occlusion(net, image, target, progress=tell)[0])
    raise ValueError(f"{method} is what ``first_look`` makes.")


def examine(
    asked: Asked,
    *,
    picture: Input,
    weights: Attachment | None = None,
    values: Input,
    target: int,
    layer: str,
    progress: Progress | None = None,
) -> Examination:
    """Deletion and insertion in the order of the ``values`` (h, w) of the map at ``layer``, and what stays of it when
    the weights are made random from the classifier down.

    Raises:
        Refusal: as ``first_look``.
    """
    tell = progress or no_progress
    net, image = network_and_picture(asked, weights, picture, tell)
    deletion, insertion = (
        belief_curve(net, image, values, target, trial, progress=part_of(tell, number, 3, f"{trial}: "))
        for number, trial in enumerate((Trial.DELETION, Trial.INSERTION))
    )
    random = randomisation(net, image, target, layer, progress=part_of(tell, 2, 3, "random weights: "))
    return Examination(deletion, insertion, random)


def examine_once(asked: Asked, *, picture: Input, values: Input, target: int, layer: str, **rest: Any) -> Examination:
    """``examine``, whose last answers are kept: a path's question and the page below it ask for the same.

    They outlive the session that asked: this is for pictures that come with the app.

    Raises:
        Refusal: as ``examine``.
    """
    key = asked, sha256(picture.tobytes() + values.tobytes()).digest(), target, layer
    found = _EXAMINED.get(key)
    if found is None:
        found = examine(asked, picture=picture, values=values, target=target, layer=layer, **rest)
        if asked.own is None:
            _EXAMINED[key] = found
            while len(_EXAMINED) > _KEPT:
                _EXAMINED.pop(next(iter(_EXAMINED)), None)
    return found


def randomise_samples(asked: Asked, *, layer: str, progress: Progress | None = None) -> Randomisation:
    """What stays of the embedded network's maps with random weights, over the app's own pictures of clothes.

    Each map is for its picture's class.

    Raises:
        Refusal: no such layer.
    """
    weights, tell = embedded(), progress or no_progress
    shipped = samples(PictureKind.FASHION)
    crops = [weights.preprocess.cropped(read_picture(sample_bytes(each.key))) for each in shipped]
    images = torch.from_numpy(np.concatenate([weights.preprocess.numbers(crop) for crop in crops]))
    labels = [weights.classes.index(each.label or "") for each in shipped]
    net = trained(weights.key, asked.device, tell)
    return randomisation_over(net, images.to(asked.device), labels, layer, progress=tell)


def _check_room(config: ResNetConfig, device: str) -> None:
    """Refuses a network of the reader's that is too much for this machine: its pictures may have 2048 pixels.

    The backward pass to the stem keeps all outputs of the forward pass.
    """
    check = preflight(config, device)
    needed, usable = check.bytes_needed + kept_bytes(analyze(config), 1), int(USABLE * check.bytes_free)
    if not check.fits:
        raise Refusal(check.reason)
    if needed > usable:
        raise Refusal(
            f"A map of this network would need about {size(needed)} on {check.device}, and it may take {size(usable)} "
            f"of the memory that is free there: take pictures of fewer than {config.image_size:,} pixels."
        )


def network_and_picture(
    asked: Asked, weights: Attachment | None, picture: Input, tell: Progress
) -> tuple[ResNet, Tensor]:
    """The network that is asked, and the picture (1, C, H, W) on its device.

    Raises:
        Refusal: as ``network_of``.
    """
    net = network_of(asked, weights, tell)
    return net, checked_images(net, torch.from_numpy(picture))


def network_of(asked: Asked, weights: Attachment | None, tell: Progress) -> ResNet:
    """The network that is asked.

    Raises:
        Refusal: weights that cannot be had, or a network that is too much for this machine.
    """
    tell(0.0, "getting the network")
    if asked.own is None:
        return trained(asked.key, asked.device, tell)
    _check_room(asked.own.config, asked.device)
    return uploaded_network(weights.data if weights else b"", asked.own, asked.device)


def strangeness_of(asked: Asked, features: Tensor, logits: Input) -> Strangeness | None:
    """How unlike the pictures that the network learned from a picture is; None where that cannot be told.

    ``features`` (1, D) and ``logits`` (1, K) are the picture's.
    """
    known = familiarity(asked.key) if asked.own is None else None
    return known.of(features[0].double().cpu().numpy(), logits[0].astype(np.float64)) if known else None
