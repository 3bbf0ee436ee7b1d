"""Pictures that fit a network, and logits that a classifier gives: both checked, refused in words."""

from torch import Tensor, nn

from explorer.live.preflight import MAX_BATCH_SIZE
from explorer.text.errors import Refusal
from explorer.text.quantities import counted


def checked_images(net: nn.Module, images: Tensor) -> Tensor:
    """The pictures (N, C, H, W) where the network is and in its type of numbers, detached.

    Raises:
        Refusal: they are no such tensor, not as many as are allowed, or hold anything but finite numbers.
    """
    if not isinstance(images, Tensor):
        raise Refusal(f"images are a {type(images).__name__}: give a tensor (N, channels, height, width).")
    channels = next((part.in_channels for part in net.modules() if isinstance(part, nn.Conv2d)), None)
    fits = images.dim() == 4 and 1 <= len(images) <= MAX_BATCH_SIZE and min(images.shape) > 0
    if not fits or (channels is not None and images.shape[1] != channels):
        wanted = "channels" if channels is None else str(channels)
        raise Refusal(
            f"images have the shape {tuple(images.shape)}: give 1 to {MAX_BATCH_SIZE:,} of them as a tensor "
            f"(N, {wanted}, height, width), normalised as the network was trained."
        )
    if not images.is_floating_point() or not bool(images.isfinite().all()):
        raise Refusal(
            f"images hold {images.dtype} values, not all of them finite real numbers: convert them to float32, "
            "normalised as the network was trained."
        )
    like = next((parameter for parameter in net.parameters() if parameter.is_floating_point()), images)
    return images.detach().to(like.device, like.dtype)


def finite(logits: Tensor) -> Tensor:
    """The logits of a network, if they are numbers.

    Raises:
        Refusal: they are not; weights that are finite themselves can lead there.
    """
    if not bool(logits.isfinite().all()):
        raise Refusal(
            "The network's outputs are no finite numbers: with these weights, what goes through it grows beyond the "
            "largest number of float32, 3·10³⁸. Send weights from before it did, or train again with a lower learning "
            "rate."
        )
    return logits


def checked_logits(net: nn.Module, logits: object, count: int) -> Tensor:
    """What a network put out for ``count`` pictures, if that is a number for each class.

    Raises:
        Refusal: it is something else.
    """
    if isinstance(logits, Tensor) and logits.dim() == 2 and len(logits) == count:
        return logits
    what = f"the shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else f"a {type(logits).__name__}"
    raise Refusal(
        f"{type(net).__name__} puts out {what} for {counted(count, 'image')}: a classifier gives (N, classes)."
    )
