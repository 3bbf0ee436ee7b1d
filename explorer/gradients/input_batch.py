"""What a network is given when its gradient is measured: noise, scikit-learn's digits, or the caller's own images."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from explorer.gradients.values import InputSource
from explorer.live.devices import Device
from explorer.live.preflight import MAX_BATCH_SIZE
from explorer.live.progress import check_seed
from explorer.live.timing_and_memory import noise
from explorer.network.config import ResNetConfig
from explorer.text.quantities import counted


class Batch(NamedTuple):
    """Images (N, C, H, W) in float32, the classes (N,) they are trained towards, and where the images come from."""

    images: Tensor
    labels: Tensor
    source: InputSource


def digits(config: ResNetConfig, count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """So many different handwritten digits, as images (count, C, H, W) that fit ``config``, and their classes (count,).

    scikit-learn's ``load_digits``: 1,797 grey pictures of 8x8 (Alpaydin and Kaynak 1998). Shifted and scaled to mean 0
    and variance 1 over the whole set, enlarged bilinearly, the same in every channel. Classes are the digits 0 to 9,
    modulo ``config.num_classes``. The seed chooses and shuffles; PyTorch's global random state is unchanged.

    Raises:
        ValueError: more digits than there are, or none.
    """
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # noqa: PLC0415  slow to load

    check_seed(seed)
    pictures, targets = load_digits(return_X_y=True)
    total = len(targets)
    if not 1 <= count <= total:
        raise ValueError(
            f"{counted(count, 'digit')} were asked for: scikit-learn has {total:,}, so take 1 to {total:,}."
        )
    chosen = torch.randperm(total, generator=torch.Generator().manual_seed(seed))[:count]
    grey = torch.as_tensor(pictures).reshape(total, 1, 8, 8)
    grey = ((grey - grey.mean()) / grey.std())[chosen].float()
    side = config.image_size
    enlarged = functional.interpolate(grey, (side, side), mode="bilinear", align_corners=False)
    labels = torch.as_tensor(targets)[chosen].long() % config.num_classes
    return enlarged.repeat(1, config.in_channels, 1, 1), labels


def batch_for(
    config: ResNetConfig,
    device: Device,
    *,
    seed: int,
    batch_size: int,
    source: InputSource | str,
    images: Tensor | None = None,
    labels: Tensor | None = None,
) -> Batch:
    """The batch on ``device``. Labels that are not given are the digits' own, or drawn at random from the seed.

    Raises:
        ValueError: see ``check_given`` and ``digits``.
    """
    given = labels
    if images is not None:
        source = InputSource.IMAGES
    elif source == InputSource.DIGITS:
        images, own = digits(config, batch_size, seed)
        given = own if labels is None else labels
    else:
        images = noise(config, device, seed, batch_size)
    if given is None:
        generator = torch.Generator(device.name).manual_seed(seed)
        given = torch.randint(config.num_classes, (len(images),), generator=generator, device=device.name)
    return Batch(images.detach().to(device.name, torch.float32), given.to(device.name, torch.long), InputSource(source))


def check_given(
    config: ResNetConfig, batch_size: int, source: InputSource | str, images: Tensor | None, labels: Tensor | None
) -> int:
    """The number of images that there will be.

    Raises:
        ValueError: an unknown source, images of another shape than the network's, of no numbers or integers, or labels
            that are no classes of it or not one for each image.
    """
    if source not in tuple(InputSource):
        raise ValueError(f"source is {str(source)[:60]!r}: it must be one of {', '.join(InputSource)}.")
    if images is None and source == InputSource.IMAGES:
        raise ValueError("source is 'images' but there are none: give images, or take noise or digits.")
    if images is not None:
        batch_size = _checked_images(config, images)
    if labels is not None:
        _check_labels(config, labels, batch_size)
    return batch_size


def _checked_images(config: ResNetConfig, images: Tensor) -> int:
    wanted = (config.in_channels, config.image_size, config.image_size)
    if images.dim() != 4 or tuple(images.shape[1:]) != wanted or not 1 <= len(images) <= MAX_BATCH_SIZE:
        raise ValueError(
            f"images have the shape {tuple(images.shape)}: this network takes 1 to {MAX_BATCH_SIZE:,} of "
            f"(channels, height, width) = {wanted}, so give a tensor (N, {', '.join(map(str, wanted))})."
        )
    if not images.is_floating_point() or not bool(images.isfinite().all()):
        raise ValueError(
            f"images hold {images.dtype} values, not all of them finite real numbers: convert them to float32, "
            "normalised to about mean 0 and variance 1."
        )
    return len(images)


def _check_labels(config: ResNetConfig, labels: Tensor, count: int) -> None:
    whole = not (labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool)
    if tuple(labels.shape) != (count,) or not whole:
        raise ValueError(
            f"labels have the shape {tuple(labels.shape)} and type {labels.dtype}: give one whole number for each of "
            f"{counted(count, 'image')}."
        )
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= config.num_classes:
        raise ValueError(
            f"labels go from {low} to {high}: this network has {counted(config.num_classes, 'class')}, "
            f"so they must be from 0 to {config.num_classes - 1}."
        )
