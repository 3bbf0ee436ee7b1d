"""Evidence in single pixels: Guided Grad-CAM, Integrated Gradients and Occlusion, as work with progress.

Integrated Gradients and Occlusion are captum's. Guided backpropagation is our own, to the same numbers: the hooks of
captum's would also change what other threads compute with the network meanwhile, and it warns at every call.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from math import ceil
from threading import get_ident

import torch
from captum.attr import IntegratedGradients
from captum.attr import Occlusion as CaptumOcclusion
from torch import Tensor, nn

from explorer.cam.input_checks import checked_images, checked_logits
from explorer.cam.maps import cam, on_picture, plain_array
from explorer.cam.saliency_map import Integrated, Method, SaliencyMap
from explorer.cam.target_classes import Classes, checked_classes, classes_for
from explorer.live.exact_float32 import exact_float32
from explorer.live.progress import Progress, StepCounter
from explorer.live.shared_network import at_once, borrowed
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

__all__ = ["MAX_STEPS", "MAX_WINDOWS", "guided_grad_cam", "integrated_gradients", "occlusion"]

MAX_STEPS = 1000
MAX_WINDOWS = 10_000
Sides = int | tuple[int, int]
# Guided backpropagation is not defined for these: their gradient is not zero wherever the input is negative.
_NOT_RELU = (nn.LeakyReLU, nn.PReLU, nn.GELU, nn.Sigmoid, nn.Tanh, nn.SiLU, nn.ELU, nn.SELU, nn.Mish, nn.Hardswish)


def guided_grad_cam(
    net: nn.Module,
    images: Tensor,
    target: Classes,
    layer: str,
    *,
    against: Classes | None = None,
    progress: Progress | None = None,
) -> tuple[SaliencyMap, ...]:
    """Grad-CAM at ``layer``, enlarged bilinearly and after its ReLU, times guided backpropagation (Springenberg et al.
    2014, arXiv:1412.6806; Selvaraju et al. 2017, section 3.2): of pictures (N, C, H, W) one map (H, W) each.

    Signed, and summed over the channels of the picture. ``progress`` is called before each of the two passes.

    Raises:
        Refusal: the network's activations are no ``nn.ReLU`` modules, or as ``explorer.cam.maps.grad_cam``.
    """
    _check_relus(net)
    images, tell = checked_images(net, images), StepCounter(2, progress)
    tell("Grad-CAM")
    coarse = cam(net, images, target, layer, against)
    tell("guided backpropagation")
    fine = _guided(net, images, target, against)
    enlarged = on_picture(torch.from_numpy(coarse.scores).relu(), images.shape[-2:])
    values = plain_array(fine.sum(1).cpu() * enlarged)
    return tuple(
        SaliencyMap(Method.GUIDED_GRAD_CAM, layer, each.target, one, each.against)
        for each, one in zip(coarse.maps, values, strict=True)
    )


def _check_relus(net: nn.Module) -> None:
    parts = list(net.modules())
    other = next((type(part).__name__ for part in parts if isinstance(part, _NOT_RELU)), None)
    if other is None and not any(isinstance(part, nn.ReLU) for part in parts):
        other = "something that is no module"
    if other is not None:
        name = net.config.activation if isinstance(net, ResNet) else other
        raise Refusal(
            f"This network's activation is {name}, and guided backpropagation is defined for ReLU only: choose a "
            "network with ReLU, or Grad-CAM, Integrated Gradients or Occlusion."
        )


def _guided(net: nn.Module, images: Tensor, target: Classes, against: Classes | None) -> Tensor:
    """Guided backpropagation of the class's logit to the pictures: (N, C, H, W)."""
    thread = get_ident()

    def guide(module: nn.Module, inputs: object, output: Tensor) -> None:
        if get_ident() == thread:
            output.register_hook(lambda gradient: gradient.clamp(min=0))  # type: ignore[no-untyped-call]

    with exact_float32(images.device.type), torch.inference_mode(False), torch.enable_grad():
        leaf = images.clone().requires_grad_()
        with borrowed(net), ExitStack() as hooks:
            for module in net.modules():
                if isinstance(module, nn.ReLU):
                    hooks.callback(module.register_forward_hook(guide).remove)
            logits = checked_logits(net, net(leaf), len(leaf))
        (gradient,) = torch.autograd.grad(checked_classes(target, against, logits).scores(logits).sum(), leaf)
        return gradient


def integrated_gradients(
    net: nn.Module,
    images: Tensor,
    target: Classes,
    *,
    against: Classes | None = None,
    steps: int = 50,
    baseline: Tensor | float = 0.0,
    progress: Progress | None = None,
) -> Integrated:
    """Integrated Gradients (Sundararajan et al. 2017, arXiv:1703.01365) of pictures (N, C, H, W), by captum.

    Along the straight line from ``baseline`` (a value, or a tensor that fits a picture (C, H, W); 0 is the mean colour
    of pictures that are normalised) in ``steps`` steps of Gauss-Legendre quadrature. Signed, and summed over channels,
    so that all values of a map (H, W) add up to what the logit rises. ``progress`` is called before each pass of a few
    steps and may raise to stop.

    Raises:
        Refusal: steps out of bounds, a baseline that does not fit, or as ``explorer.cam.maps.grad_cam``.
    """
    _check_whole("steps", steps, MAX_STEPS)
    images = checked_images(net, images)
    start, few = _checked_baseline(baseline, images), at_once(images)
    pairs = classes_for(net, images, target, against)
    tell = StepCounter(len(images) * (ceil(steps / few) + 2), progress)
    maps, rises, deltas = [], [], []
    for image, (one, other) in zip(images, pairs, strict=True):
        with exact_float32(images.device.type), torch.inference_mode(False):
            question = _Question(net, one, other, partial(tell, "integrating gradients"))
            found, delta = IntegratedGradients(question).attribute(
                image[None].clone(),
                baselines=start[None],
                n_steps=steps,
                internal_batch_size=few,
                return_convergence_delta=True,
            )
        maps.append(SaliencyMap(Method.INTEGRATED_GRADIENTS, "", one, plain_array(found[0].sum(0)), other))
        rises.append(float(found.sum() - delta))
        deltas.append(float(delta))
    return Integrated(tuple(maps), tuple(rises), tuple(deltas))


def occlusion(
    net: nn.Module,
    images: Tensor,
    target: Classes,
    *,
    against: Classes | None = None,
    window: Sides | None = None,
    stride: Sides | None = None,
    baseline: Tensor | float = 0.0,
    progress: Progress | None = None,
) -> tuple[SaliencyMap, ...]:
    """How much the logit falls when a window of the picture is covered (Zeiler and Fergus 2013, arXiv:1311.2901), by
    captum: of pictures (N, C, H, W) one map (H, W) each, signed, the mean over all windows that cover a place.

    ``window`` and ``stride`` are pixels, or (height, width) of them; a seventh of the picture and half the window where
    they are not given. What is covered becomes ``baseline`` (as in ``integrated_gradients``). ``progress`` is called
    before each pass of a few windows and may raise to stop.

    Raises:
        Refusal: a window that does not fit, strides that leave gaps, too many windows, a baseline that does not fit, or
            as ``explorer.cam.maps.grad_cam``.
    """
    images = checked_images(net, images)
    sides, strides, count = _checked_windows(window, stride, (images.shape[2], images.shape[3]))
    cover = _checked_baseline(baseline, images)
    pairs = classes_for(net, images, target, against)
    few = at_once(images)
    tell, maps = StepCounter(len(images) * (ceil(count / few) + 1), progress), []
    for image, (one, other) in zip(images, pairs, strict=True):
        with exact_float32(images.device.type), torch.inference_mode(False):
            question = _Question(net, one, other, partial(tell, "covering parts of the picture"))
            found = CaptumOcclusion(question).attribute(
                image[None].clone(),
                sliding_window_shapes=(len(image), *sides),
                strides=(len(image), *strides),
                baselines=cover[None],
                perturbations_per_eval=min(few, count),
            )
        maps.append(SaliencyMap(Method.OCCLUSION, "", one, plain_array(found[0, 0]), other))  # the same in all channels
    return tuple(maps)


class _Question:
    """The function that captum calls again and again: from pictures (N, C, H, W) to a class's score (N,).

    With ``against`` the score is the difference to that class's. Between two calls others may use the network, and the
    work may be cancelled.
    """

    def __init__(self, net: nn.Module, target: int, against: int | None, tell: Callable[[], None]) -> None:
        self.net, self.target, self.against, self.tell = net, target, against, tell

    def __call__(self, images: Tensor) -> Tensor:
        self.tell()
        with borrowed(self.net):
            logits: Tensor = self.net(images)
        return logits[:, self.target] - (0 if self.against is None else logits[:, self.against])


def _checked_baseline(baseline: Tensor | float, images: Tensor) -> Tensor:
    """As a picture (C, H, W)."""
    given = torch.as_tensor(baseline, dtype=images.dtype, device=images.device).detach()
    try:
        fitted = given.expand(images.shape[1:])
    except RuntimeError:
        fitted = None
    if fitted is None or not bool(given.isfinite().all()):
        raise Refusal(
            f"baseline has the shape {tuple(given.shape)}, or values that are no finite numbers: give one number, or a "
            f"tensor that fits a picture {tuple(images.shape[1:])}."
        )
    return fitted.clone()


def _checked_windows(
    window: Sides | None, stride: Sides | None, size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int], int]:
    """Windows and strides as (height, width), and how many windows there are."""
    sides = _two("window", tuple(max(side // 7, 1) for side in size) if window is None else window, size)
    strides = _two("stride", tuple(max(side // 2, 1) for side in sides) if stride is None else stride, size)
    count = 1
    for side, step, whole in zip(sides, strides, size, strict=True):
        if step > side and side < whole:
            raise Refusal(
                f"stride is {step} and window {side}: a stride above the window leaves gaps. Take at most {side}."
            )
        count *= ceil((whole - side) / step) + 1
    if count > MAX_WINDOWS:
        raise Refusal(f"That makes {counted(count, 'window')}, and {MAX_WINDOWS:,} are the most: take a larger stride.")
    return sides, strides, count


def _two(name: str, given: Sides | tuple[int, ...], size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of ``given``, each from 1 to that of the picture."""
    values = given if isinstance(given, tuple) else (given, given)
    if len(values) != 2:
        raise Refusal(f"{name} is {str(given)[:60]}: give one whole number, or two, (height, width).")
    for value, most in zip(values, size, strict=True):
        _check_whole(name, value, most)
    return values[0], values[1]


def _check_whole(name: str, value: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Refusal(f"{name} is {str(value)[:60]}: it must be a whole number from 1 to {most:,}.")
