"""The corpus: public structures by name, what they are read as, and in which texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import timm
import torchvision
from torch import nn

from tests.check import foreign
from tests.check.corpus import families as f
from tests.check.corpus import keras
from tests.check.corpus import wrapped as w

FORMATS = ("print", "torchsummary", "torchinfo, deep", "state dict", "state dict, sorted")
PRINTS = ("print", "state dict", "state dict, sorted")


@dataclass(frozen=True)
class Entry:
    """A structure. ``read`` are the fields that it must be read with, or None where it is no ResNet of ours; then
    nothing may be called a fault that stops it. ``faults``: it departs from every configuration, and that is said."""

    make: Callable[[], nn.Module | str]
    read: Mapping[str, Any] | None = None
    shape: tuple[int, ...] = (3, 224, 224)
    kinds: tuple[str, ...] = FORMATS
    faults: bool = False
    others: int = 0
    deep: bool = False  # more than five levels


def tv(name: str) -> Callable[[], nn.Module]:
    return lambda: getattr(torchvision.models, name)(weights=None)


def ti(name: str) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name)


def seg(name: str) -> Callable[[], nn.Module]:
    return lambda: getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None)


def det(name: str) -> Callable[[], nn.Module]:
    return lambda: getattr(torchvision.models.detection, name)(weights=None, weights_backbone=None)


def blocks(*counts: int, **more: Any) -> dict[str, Any]:
    return {"stage_blocks": counts, **more}


R18 = blocks(2, 2, 2, 2, block="basic")
R34 = blocks(3, 4, 6, 3, block="basic")
R50 = blocks(3, 4, 6, 3, block="bottleneck")
R101 = blocks(3, 4, 23, 3, block="bottleneck")
C20 = blocks(3, 3, 3, block="basic", widths=(16, 32, 64), stem="cifar")
CIFAR = (3, 32, 32)

ENTRIES: Mapping[str, Entry] = {
    # torchvision's and timm's own
    "torchvision resnet18": Entry(tv("resnet18"), R18),
    "torchvision resnet34": Entry(tv("resnet34"), R34),
    "torchvision resnet50": Entry(tv("resnet50"), R50),
    "torchvision resnet101": Entry(tv("resnet101"), R101),
    "torchvision resnext50": Entry(tv("resnext50_32x4d"), R50 | {"groups": 32, "width_per_group": 4}),
    "torchvision resnext101": Entry(tv("resnext101_32x8d"), R101 | {"groups": 32, "width_per_group": 8}),
    "torchvision wide50": Entry(tv("wide_resnet50_2"), R50 | {"width_per_group": 128}),
    "torchvision quantizable": Entry(
        lambda: torchvision.models.quantization.resnet18(weights=None), R18, kinds=PRINTS,
    ),
    "torchvision fcn": Entry(seg("fcn_resnet50"), R50, kinds=PRINTS),
    "torchvision deeplab": Entry(seg("deeplabv3_resnet50"), R50, kinds=PRINTS),
    "torchvision faster r-cnn": Entry(det("fasterrcnn_resnet50_fpn"), R50, kinds=PRINTS),
    "torchvision retinanet": Entry(det("retinanet_resnet50_fpn"), R50, kinds=PRINTS),
    "torchvision r3d": Entry(lambda: torchvision.models.video.r3d_18(weights=None), kinds=PRINTS),
    "torchvision r2plus1d": Entry(lambda: torchvision.models.video.r2plus1d_18(weights=None), kinds=PRINTS),
    "timm resnet26": Entry(ti("resnet26"), blocks(2, 2, 2, 2, block="bottleneck")),
    "timm resnet50d": Entry(ti("resnet50d"), R50 | {"stem": "deep", "shortcut": "avgpool_projection"}),
    "timm seresnet50": Entry(ti("seresnet50"), R50 | {"attention": "se"}),
    "timm resnetblur50": Entry(ti("resnetblur50"), R50),
    "timm resnet50_gn": Entry(ti("resnet50_gn"), R50 | {"norm": "group"}),
    "timm resnext50": Entry(ti("resnext50_32x4d"), R50 | {"groups": 32}),
    "timm resnetaa50": Entry(ti("resnetaa50"), R50, faults=True),
    "timm ecaresnet50d": Entry(ti("ecaresnet50d"), R50),
    "timm resnetv2_50": Entry(ti("resnetv2_50"), R50 | {"order": "pre"}),
    "timm resnetrs50": Entry(ti("resnetrs50"), R50 | {"attention": "se"}, kinds=PRINTS, faults=True),
    "timm resnest50d": Entry(ti("resnest50d"), kinds=PRINTS),
    "timm res2net50": Entry(ti("res2net50_26w_4s"), kinds=PRINTS),
    "timm skresnet34": Entry(ti("skresnet34"), kinds=PRINTS),
    # Hugging Face
    "hugging face 18": Entry(lambda: f.hugging_face(18), R18, deep=True),
    "hugging face 50": Entry(lambda: f.hugging_face(50), R50, deep=True),
    "hugging face 50, no head": Entry(lambda: f.hugging_face(50, classes=None), R50, kinds=PRINTS, deep=True),
    # other people's
    "kuangliu 18": Entry(lambda: foreign.Kuangliu((2, 2, 2, 2)), R18 | {"stem": "cifar"}, CIFAR),
    "kuangliu 50": Entry(lambda: foreign.Kuangliu((3, 4, 6, 3), bottleneck=True), R50 | {"stem": "cifar"}, CIFAR),
    "kellerjordan A": Entry(lambda: foreign.KellerJordan(5, "A"), blocks(5, 5, 5, shortcut="A"), CIFAR),
    "kellerjordan B": Entry(lambda: foreign.KellerJordan(5, "B"), blocks(5, 5, 5, shortcut="B"), CIFAR),
    "d2l": Entry(foreign.d2l, R18, (1, 96, 96)),
    "akamaster 20": Entry(lambda: f.cifar(f.akamaster_block), C20 | {"shortcut": "A"}, CIFAR),
    "bare projections": Entry(
        lambda: f.cifar(f.basic(shortcut_bias=True, shortcut_norm=False)), C20 | {"shortcut": "B"}, CIFAR,
    ),
    "biases everywhere": Entry(lambda: f.cifar(f.basic(bias=True, shortcut_bias=True), bias=True), C20, CIFAR),
    "weiaicunzai 18": Entry(lambda: f.weiai(18), R18 | {"stem": "cifar"}, CIFAR),
    "weiaicunzai 50": Entry(lambda: f.weiai(50), R50 | {"stem": "cifar"}, CIFAR),
    "xternalz wrn-16-8": Entry(
        lambda: f.xternalz(16, 8), blocks(2, 2, 2, order="pre", widths=(128, 256, 512), stem_width=16), CIFAR,
    ),
    "xternalz wrn-28-10": Entry(
        lambda: f.xternalz(28, 10), blocks(4, 4, 4, order="pre", widths=(160, 320, 640), stem_width=16), CIFAR,
    ),
    "meliketoy wrn-28-10": Entry(
        lambda: f.meliketoy(28, 10), blocks(4, 4, 4, order="pre", widths=(160, 320, 640), stem_width=16), CIFAR,
        faults=True,
    ),
    "moskomule se": Entry(lambda: f.imagenet(f.bottleneck(gate=f.gate_linear)), R50 | {"attention": "se"}),
    "se as convolutions": Entry(lambda: f.imagenet(f.bottleneck(gate=f.gate_convs)), R50 | {"attention": "se"}),
    "blurred": Entry(lambda: f.imagenet(f.bottleneck(blur=True)), R50),
    "big transfer": Entry(f.big_transfer, R50 | {"order": "pre", "norm": "group"}),
    "insightface": Entry(f.insight, None, (3, 112, 112)),
    "clip": Entry(f.clip, R50 | {"stem": "deep"}, faults=True),
    "left and shortcut": Entry(w.students_layers, R18 | {"stem": "cifar"}, CIFAR),
    "identity and conv blocks": Entry(w.identity_and_conv_blocks, R50),
    "one sequential": Entry(lambda: foreign.students(foreign.OneSequential), R18),
    "small sequentials": Entry(lambda: foreign.students(foreign.SmallSequentials), R18),
    # inside of something else
    "lightning": Entry(w.lightning, R18),
    "data parallel": Entry(lambda: nn.DataParallel(torchvision.models.resnet18(weights=None)), R18, kinds=PRINTS),
    "fastai": Entry(w.fastai, R34),
    "detector": Entry(w.detector, R50),
    "mmsegmentation": Entry(w.mmseg, R50),
    "unet": Entry(w.unet, R34),
    "detr": Entry(w.detr, R50, deep=True),
    "simclr": Entry(w.simclr, R18 | {"stem": "cifar"}, CIFAR),
    "byol": Entry(w.dino_head, R50),
    "moco": Entry(w.moco, R50, others=1, kinds=PRINTS),
    "distillation": Entry(w.two_sizes, R50, others=1, kinds=PRINTS),
    "a head of two layers": Entry(
        lambda: w.transfer(nn.Linear(2048, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10)), R50,
    ),
    "a head with dropout": Entry(lambda: w.transfer(nn.Dropout(0.5), nn.Linear(2048, 10)), R50),
    "detectron2": Entry(w.frozen_detectron, R50, kinds=("print",)),
    "pruned": Entry(w.pruned, R18, kinds=PRINTS),
    # Keras
    "keras resnet50": Entry(keras.resnet50, R50, kinds=("print",)),
    "keras resnet50, boxes": Entry(lambda: keras.resnet50(boxes=True), R50, kinds=("print",)),
    "keras se-resnet50": Entry(lambda: keras.resnet50(gates=True), R50 | {"attention": "se"}, kinds=("print",)),
    "keras se-resnet50, boxes": Entry(
        lambda: keras.resnet50(boxes=True, gates=True), R50 | {"attention": "se"}, kinds=("print",),
    ),
    "keras resnet20": Entry(keras.resnet20, C20, kinds=("print",)),
    # one and three dimensions
    "audio": Entry(w.audio, None, (12, 1000), kinds=PRINTS),
    "slowfast": Entry(w.slow_fast, None, (3, 4, 224, 224)),
    # residual in another way, or not at all
    "alphazero": Entry(w.alpha_zero, None, (17, 19, 19)),
    "cyclegan": Entry(w.cycle_gan, None, (3, 64, 64)),
    "edsr": Entry(w.edsr, None, (3, 32, 32)),
    "vgg16": Entry(tv("vgg16"), None),
    "alexnet": Entry(tv("alexnet"), None),
    "densenet121": Entry(tv("densenet121"), None),
    "mobilenet v2": Entry(tv("mobilenet_v2"), None),
    "efficientnet": Entry(tv("efficientnet_b0"), None),
    "convnext": Entry(tv("convnext_tiny"), None, kinds=PRINTS),
    "regnet": Entry(tv("regnet_y_400mf"), None),
    "googlenet": Entry(lambda: torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False), None),
    "vit": Entry(tv("vit_b_16"), None, kinds=PRINTS),
    "shufflenet": Entry(tv("shufflenet_v2_x1_0"), None),
}  # fmt: skip
