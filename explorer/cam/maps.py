"""Grad-CAM: where in a picture the evidence for a class is, seen from any layer (Selvaraju et al. 2017,
arXiv:1610.02391).

A map is the sum over a layer's channels of its activations, each weighted by the mean over all places of the gradient
of the class's logit with respect to it. What comes before the layer runs without a graph, so at the last stage a map
costs hardly more than a forward pass. Threads may share a network: nothing of it changes but for a hook, which tells
its own thread's pass from others'.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import get_ident
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from explorer.cam.input_checks import checked_images, checked_logits
from explorer.cam.map_layers import checked_map, layers_of, module_of, not_reached
from explorer.cam.map_scores import SCORES, grad_cam_scores
from explorer.cam.saliency_map import Atlas, Cams, Method, SaliencyMap
from explorer.cam.target_classes import Classes, TargetClasses, check_classes, checked_classes, whole_numbers
from explorer.live.exact_float32 import exact_float32
from explorer.live.progress import Progress, no_progress
from explorer.live.shared_network import borrowed
from explorer.text.errors import Refusal
from explorer.text.quantities import counted

__all__ = ["MAX_CLASSES", "atlas", "cam", "grad_cam", "layers_of", "on_picture"]

MAX_CLASSES = 100  # of an atlas: each is a backward pass


def grad_cam(
    net: nn.Module,
    images: Tensor,
    target: Classes,
    layer: str,
    *,
    against: Classes | None = None,
    signed: bool = False,
) -> Tensor:
    """Grad-CAM of pictures (N, C, H, W) as maps (N, H, W) in float32, enlarged bilinearly onto them.

    After the ReLU, each divided by its own maximum: from 0 to 1, and zero everywhere where nothing speaks for the
    class (``cam(...).all_negative`` tells). With ``signed`` without the ReLU, divided by the largest magnitude: from
    -1 to 1. ``target`` and ``against`` are class indices, one for all pictures or one for each; with ``against`` the
    map is that of the difference of their logits. ``layer`` is "stem", a block ("layer4.2"), a stage ("layer4") or
    any module by its dotted name. Where the network gives no finite numbers, neither do the maps.

    Raises:
        Refusal: no such layer or class, or pictures that do not fit the network.
    """
    images = checked_images(net, images)
    found = _look(net, images, (layer,), lambda logits: [checked_classes(target, against, logits)])
    scores = found.scores[0][0]
    enlarged = on_picture(scores if signed else scores.relu(), images.shape[-2:])
    largest = enlarged.abs().amax((1, 2), keepdim=True)
    return (enlarged / torch.where(largest == 0, 1, largest)).float()


def cam(
    net: nn.Module,
    images: Tensor,
    target: Classes | None,
    layer: str,
    against: Classes | None = None,
    *,
    method: Method = Method.GRAD_CAM,
) -> Cams:
    """Grad-CAM of pictures (N, C, H, W) at the layer's own resolution, signed and as large as it is, with the logits.

    If ``target`` is None, each map is for its picture's likeliest class. ``method`` may also be Grad-CAM++ or LayerCAM,
    which differ in how they weight (``explorer.cam.map_scores``).

    Raises:
        Refusal: as ``grad_cam``. KeyError: another method.
    """
    images = checked_images(net, images)

    def ask(logits: Tensor) -> list[TargetClasses]:
        return [checked_classes(logits.argmax(1) if target is None else target, against, logits)]

    found = _look(net, images, (layer,), ask, SCORES[method])
    maps = (
        SaliencyMap(method, layer, target, values, other)
        for values, (target, other) in zip(plain_array(found.scores[0][0]), found.asked[0].pairs, strict=True)
    )
    return Cams(plain_array(found.logits), tuple(maps))


def atlas(
    net: nn.Module,
    images: Tensor,
    targets: int | Sequence[int] | None = None,
    layers: Sequence[str] | None = None,
    *,
    against: int | None = None,
    progress: Progress | None = None,
) -> Atlas:
    """Grad-CAM at many layers, by default the stem and all blocks, for each class in ``targets`` and all pictures.

    If ``targets`` is None, they are the pictures' likeliest classes. From one forward pass, and for each class one
    backward pass from the logits to the first of the layers; ``progress`` is called between, and may raise to stop.

    Raises:
        Refusal: no classes or too many, the same one or the same layer twice, or as ``grad_cam``.
    """
    images = checked_images(net, images)
    given = None if targets is None else _some_classes(whole_numbers("targets", targets))
    names = layers_of(net) if layers is None else tuple(layers)
    if not names:
        raise Refusal("No layers to make an atlas of: give layers, dotted names of modules that put out maps.")
    _check_once("layers", names)

    def ask(logits: Tensor) -> list[TargetClasses]:
        (progress or no_progress)(0.5, "the evidence comes back")
        classes = _some_classes(sorted(set(logits.argmax(1).tolist()))) if given is None else given
        check_classes("targets", classes, logits.shape[1])
        return [checked_classes(one, against, logits) for one in classes]

    found = _look(net, images, names, ask)
    scores = tuple(plain_array(torch.stack(of_classes)) for of_classes in found.scores)
    classes = tuple(each.pairs[0][0] for each in found.asked)
    return Atlas(names, classes, plain_array(found.logits), scores, against)


def on_picture(scores: Tensor, size: Sequence[int]) -> Tensor:
    """Maps (N, h, w) enlarged bilinearly to (N, H, W) = ``size``: corners of pixels are corners of the picture."""
    return functional.interpolate(scores[:, None], tuple(size), mode="bilinear", align_corners=False)[:, 0]


def plain_array(values: Tensor) -> NDArray[np.float32]:
    """In float32 and main memory, with no tensor behind it: such values are kept for long."""
    array: NDArray[np.float32] = values.detach().float().cpu().numpy()
    return array.copy()


def _some_classes(classes: list[int]) -> list[int]:
    _check_once("targets", classes)
    if not 1 <= len(classes) <= MAX_CLASSES:
        raise Refusal(f"There are {counted(len(classes), 'class')} in targets: give 1 to {MAX_CLASSES}.")
    return classes


def _check_once(name: str, values: Sequence[int | str]) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise Refusal(f"{name} hold {twice!r} twice: give each once.")


_Asking = Callable[[Tensor], list[TargetClasses]]


class _Found(NamedTuple):
    """Logits (N, K), the classes that were asked for, and for each layer and each of these the scores (N, h, w)."""

    logits: Tensor
    asked: list[TargetClasses]
    scores: list[list[Tensor]]


@dataclass(slots=True)
class _Tap:
    """A forward hook behind one layer, for one pass of the thread that made it: from here on there is a graph.

    What comes next is given a copy, which it may change in place (torchvision's ReLUs do).
    """

    net: nn.Module
    layer: str
    thread: int = field(default_factory=get_ident)
    outputs: list[Tensor] = field(default_factory=list)

    def __call__(self, module: nn.Module, inputs: object, output: object) -> Tensor | None:
        if get_ident() != self.thread:
            return None
        values = checked_map(self.net, self.layer, output, len(self.outputs) + 1)
        torch.set_grad_enabled(True)  # until the pass's own no_grad ends
        if not values.requires_grad:  # the first layer, or one beside it
            values = values.detach().requires_grad_()
        self.outputs.append(values)
        return values.clone()


def _look(
    net: nn.Module,
    images: Tensor,
    layers: Sequence[str],
    ask: _Asking,
    score: Callable[[Tensor, Tensor], Tensor] = grad_cam_scores,
) -> _Found:
    """One forward pass, and for each thing wanted of the logits one backward pass, to the first of ``layers``."""
    with exact_float32(images.device.type), torch.inference_mode(False):
        logits, maps = _forward(net, images, layers)
        asked = ask(logits)
        scores: list[list[Tensor]] = [[] for _ in layers]
        for number, each in enumerate(asked, start=1):
            gradients = _gradients(each.scores(logits).sum(), maps, last=number == len(asked))
            for layer, gradient, activations, found in zip(layers, gradients, maps, scores, strict=True):
                if gradient is None:
                    raise not_reached(net, layer)
                found.append(score(activations.detach(), gradient))
        return _Found(logits.detach(), asked, scores)


def _forward(net: nn.Module, images: Tensor, layers: Sequence[str]) -> tuple[Tensor, list[Tensor]]:
    """The logits (N, K), and the output (N, C, h, w) of each layer, from the first of which a graph leads to them."""
    modules = [module_of(net, layer) for layer in layers]
    taps = [_Tap(net, layer) for layer in layers]
    with borrowed(net), ExitStack() as hooks, torch.no_grad():
        for module, tap in zip(modules, taps, strict=True):
            hooks.callback(module.register_forward_hook(tap).remove)
        logits = checked_logits(net, net(images), len(images))
    for tap in taps:
        if not tap.outputs:
            raise not_reached(net, tap.layer)
    if not logits.requires_grad:
        raise not_reached(net, layers[0])
    return logits, [tap.outputs[0] for tap in taps]


def _gradients(score: Tensor, maps: list[Tensor], *, last: bool) -> tuple[Tensor | None, ...]:
    """Of the score with respect to each layer's output, and to nothing else: parameters get none."""
    return torch.autograd.grad(score, maps, retain_graph=not last, allow_unused=True)
