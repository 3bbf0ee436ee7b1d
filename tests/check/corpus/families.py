"""Residual networks after public code, written anew: only names, layout and order of definition are theirs."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.check.corpus.parts import Flat, Gate, Path, Residual, bn, conv, made, named, relu, seq

BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
MakeBlock = Callable[[int, int, int], nn.Module]


def stages(
    block: MakeBlock, counts: Sequence[int], inputs: int, width: int = 64, *, expansion: int = 1, first: int = 1
) -> list[list[nn.Module]]:
    """Blocks by stage; each stage but the first begins with a stride of 2 and doubles the width."""
    found = []
    for stage, count in enumerate(counts):
        made_here = []
        for index in range(count):
            made_here.append(block(inputs, width * 2**stage, (2 if stage else first) if index == 0 else 1))
            inputs = width * 2**stage * expansion
        found.append(made_here)
    return found


class Whole(nn.Module):
    """A network whose ``forward`` pools, flattens and calls the classifier, without modules for the first two."""

    body: Sequence[str] = ()
    head: str = "fc"
    pooled: bool = False
    act: bool = False

    def forward(self, x: Tensor) -> Tensor:
        for step in self.body:
            x = self.get_submodule(step)(x)
        if self.act:
            x = functional.relu(x)
        x = x if self.pooled else functional.adaptive_avg_pool2d(x, 1)
        return self.get_submodule(self.head)(x.flatten(1)) if self.head else x


# Hugging Face, transformers/models/resnet/modeling_resnet.py
def hugging_conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, active: bool = True) -> nn.Module:
    return made(
        "ResNetConvLayer",
        Path,
        {
            "convolution": conv(inputs, outputs, kernel, stride),
            "normalization": bn(outputs),
            "activation": nn.ReLU() if active else nn.Identity(),
        },
    )


def hugging_block(inputs: int, outputs: int, stride: int, *, deep: bool) -> nn.Module:
    width = outputs // 4 if deep else outputs
    shortcut: nn.Module = nn.Identity()
    if stride != 1 or inputs != outputs:
        parts = {"convolution": conv(inputs, outputs, 1, stride), "normalization": bn(outputs)}
        shortcut = made("ResNetShortCut", Path, parts)
    layers = [
        hugging_conv(inputs, width, 1) if deep else hugging_conv(inputs, width, 3, stride),
        hugging_conv(width, width, 3, stride) if deep else hugging_conv(width, width, active=False),
        *([hugging_conv(width, outputs, 1, active=False)] if deep else []),
    ]
    children = {"shortcut": shortcut, "layer": seq(*layers), "activation": nn.ReLU()}
    name = "ResNetBottleNeckLayer" if deep else "ResNetBasicLayer"
    return made(name, Residual, children, steps=("layer",), beside="shortcut", after=("activation",))


def hugging_face(depth: int, *, classes: int | None = 1000) -> nn.Module:
    deep = depth >= 50
    inputs, found = 64, []
    for stage, count in enumerate(BLOCKS[depth]):
        outputs = (256 if deep else 64) * 2**stage
        blocks = [
            hugging_block(inputs if not index else outputs, outputs, 2 if stage and not index else 1, deep=deep)
            for index in range(count)
        ]
        found.append(made("ResNetStage", Path, {"layers": seq(*blocks)}))
        inputs = outputs
    encoder = made(
        "ResNetEncoder", Path, {"stages": nn.ModuleList(found)}, steps=tuple(f"stages.{k}" for k in range(4))
    )
    stem = {"embedder": hugging_conv(3, 64, 7, 2), "pooler": nn.MaxPool2d(3, 2, 1)}
    embedder = made("ResNetEmbeddings", Path, stem)
    model = made(
        "ResNetModel", Path, {"embedder": embedder, "encoder": encoder, "pooler": nn.AdaptiveAvgPool2d((1, 1))}
    )
    if classes is None:
        return model
    head = seq(nn.Flatten(), nn.Linear(inputs, classes))
    return made("ResNetForImageClassification", Path, {"resnet": model, "classifier": head})


# The same blocks under other people's names.
def basic(
    cls: str = "BasicBlock",
    *,
    shortcut: str = "shortcut",
    bias: bool = False,
    empty: bool = True,
    shortcut_bias: bool = False,
    shortcut_norm: bool = True,
    own_relu: bool = False,
) -> MakeBlock:
    def make(inputs: int, width: int, stride: int) -> nn.Module:
        beside: nn.Module | None = seq() if empty else None
        if stride != 1 or inputs != width:
            project = conv(inputs, width, 1, stride, bias=shortcut_bias)
            beside = seq(project, bn(width)) if shortcut_norm else seq(project)
        children: dict[str, nn.Module | None] = {
            "conv1": conv(inputs, width, 3, stride, bias=bias),
            "bn1": bn(width),
            **({"relu": relu()} if own_relu else {}),
            "conv2": conv(width, width, bias=bias),
            "bn2": bn(width),
            shortcut: beside,
        }
        steps = ("conv1", "bn1", *(("relu",) if own_relu else ()), "conv2", "bn2")
        after = ("relu",) if own_relu else ()
        return made(cls, Residual, children, steps=steps, beside=shortcut if beside is not None else "", after=after)

    return make


def bottleneck(
    cls: str = "Bottleneck",
    *,
    groups: int = 1,
    wide: float = 1,
    shortcut: str = "downsample",
    dilation: int = 1,
    gate: Callable[[int], nn.Module] | None = None,
    blur: bool = False,
    own_relu: bool = True,
) -> MakeBlock:
    def make(inputs: int, width: int, stride: int) -> nn.Module:
        inner, outputs = int(width * wide), 4 * width
        beside = None
        if stride != 1 or inputs != outputs:
            beside = seq(conv(inputs, outputs, 1, stride), bn(outputs))
        children: dict[str, nn.Module | None] = {"conv1": conv(inputs, inner, 1), "bn1": bn(inner)}
        own = 1 if blur and stride > 1 else stride
        children |= {"conv2": conv(inner, inner, 3, own, groups=groups, dilation=dilation), "bn2": bn(inner)}
        if blur and stride > 1:
            children["aa"] = Blur(inner)
        children |= {"conv3": conv(inner, outputs, 1), "bn3": bn(outputs)}
        if gate:
            children["se"] = gate(outputs)
        children |= {"relu": relu()} if own_relu else {}
        children[shortcut] = beside
        steps = ["conv1", "bn1", "conv2", "bn2", *(["aa"] if "aa" in children else []), "conv3", "bn3"]
        if own_relu:
            steps[2:2] = ["relu"]
        steps += ["se"] if gate else []
        after = ("relu",) if own_relu else ()
        return made(cls, Residual, children, steps=steps, beside=shortcut if beside else "", after=after)

    return make


class Blur(nn.Module):
    """A fixed filter of stride 2 (Zhang 2019)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("filt", torch.ones(channels, 1, 3, 3) / 9)

    def forward(self, x: Tensor) -> Tensor:
        weight: Tensor = self.get_buffer("filt")
        return functional.conv2d(x, weight, stride=2, padding=1, groups=len(weight))


def gate_convs(channels: int) -> nn.Module:
    """timm's: 1x1 convolutions."""
    inner = channels // 16
    parts = {"fc1": conv(channels, inner, 1, bias=True), "bn": nn.Identity(), "act": relu()}
    parts |= {"fc2": conv(inner, channels, 1, bias=True)}
    return made("SEModule", Gate, parts)


def gate_linear(channels: int) -> nn.Module:
    """moskomule/senet.pytorch's: linear layers."""
    inner = channels // 16
    layers = seq(nn.Linear(channels, inner, bias=False), relu(), nn.Linear(inner, channels, bias=False), nn.Sigmoid())
    parts = {"avg_pool": nn.AdaptiveAvgPool2d(1), "fc": layers}
    return made("SELayer", Gate, parts, steps=("fc",), flat=True)


def imagenet(
    block: MakeBlock, depth: int = 50, cls: str = "ResNet", classes: int = 1000, names: str = "layer{}", **ends: Any
) -> nn.Module:
    """Torchvision's layout around other blocks."""
    expansion = 4 if depth >= 50 else 1
    children: dict[str, nn.Module] = {"conv1": conv(3, 64, 7, 2), "bn1": bn(64), "relu": relu()}
    children["maxpool"] = nn.MaxPool2d(3, 2, 1)
    for number, part in enumerate(stages(block, BLOCKS[depth], 64, expansion=expansion), start=1):
        children[names.format(number)] = seq(*part)
    children["avgpool"] = nn.AdaptiveAvgPool2d((1, 1))
    children["fc"] = ends.get("fc") or nn.Linear(512 * expansion, classes)
    return made(cls, Whole, children, body=tuple(children)[:-1], pooled=True)


def cifar(
    block: MakeBlock, count: int = 3, *, width: int = 16, cls: str = "ResNet", head: str = "linear", bias: bool = False
) -> nn.Module:
    """He et al.'s networks for CIFAR as akamaster and others write them: pooling is a function."""
    parts = stages(block, (count,) * 3, width, width)
    children: dict[str, nn.Module] = {"conv1": conv(3, width, bias=bias), "bn1": bn(width)}
    children |= {f"layer{number}": seq(*part) for number, part in enumerate(parts, start=1)}
    children[head] = nn.Linear(4 * width, 10)
    return made(cls, Whole, children, body=tuple(children)[:-1], head=head)


class Lambda(nn.Module):
    """Akamaster's option A, a function in a module."""

    def __init__(self, extra: int) -> None:
        super().__init__()
        self.extra = extra

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.extra, self.extra))


Lambda.__name__ = "LambdaLayer"


def akamaster_block(inputs: int, width: int, stride: int) -> nn.Module:
    parts: dict[str, nn.Module] = {"conv1": conv(inputs, width, 3, stride), "bn1": bn(width)}
    parts |= {"conv2": conv(width, width), "bn2": bn(width), "shortcut": Lambda(width // 4) if stride > 1 else seq()}
    return made("BasicBlock", Residual, parts, steps=("conv1", "bn1", "conv2", "bn2"), beside="shortcut")


# weiaicunzai/pytorch-cifar100: a branch in one Sequential, stages called conv2_x to conv5_x
def weiai_block(inputs: int, width: int, stride: int, *, deep: bool = False) -> nn.Module:
    outputs = 4 * width if deep else width
    layers: list[nn.Module] = [conv(inputs, width, 3, stride), bn(width), relu(), conv(width, width), bn(width)]
    if deep:
        layers = [conv(inputs, width, 1), bn(width), relu(), conv(width, width, 3, stride), bn(width), relu()]
        layers += [conv(width, outputs, 1), bn(outputs)]
    beside = seq(conv(inputs, outputs, 1, stride), bn(outputs)) if stride != 1 or inputs != outputs else seq()
    parts = {"residual_function": seq(*layers), "shortcut": beside}
    return made(
        "BottleNeck" if deep else "BasicBlock", Residual, parts, steps=("residual_function",), beside="shortcut"
    )


def weiai(depth: int) -> nn.Module:
    deep = depth >= 50
    parts = stages(lambda *a: weiai_block(*a, deep=deep), BLOCKS[depth], 64, expansion=4 if deep else 1)
    children: dict[str, nn.Module] = {"conv1": seq(conv(3, 64), bn(64), relu())}
    children |= {f"conv{number}_x": seq(*part) for number, part in enumerate(parts, start=2)}
    children |= {"avg_pool": nn.AdaptiveAvgPool2d((1, 1)), "fc": nn.Linear(2048 if deep else 512, 100)}
    return made("ResNet", Whole, children, body=tuple(children)[:-1], pooled=True)


# xternalz/WideResNet-pytorch and meliketoy/wide-resnet.pytorch
def xternalz_block(inputs: int, width: int, stride: int, *, drop: float = 0.0) -> nn.Module:
    parts: dict[str, nn.Module | None] = {"bn1": bn(inputs), "relu1": relu(), "conv1": conv(inputs, width, 3, stride)}
    parts |= {"bn2": bn(width), "relu2": relu(), "conv2": conv(width, width)}
    steps: tuple[str, ...] = ("bn1", "relu1", "conv1", "bn2", "relu2", "conv2")
    changes = inputs != width
    parts["convShortcut"] = conv(inputs, width, 1, stride) if changes else None
    if changes:
        return made("BasicBlock", Residual, parts, before=steps[:2], steps=steps[2:], beside="convShortcut", ends=False)
    return made("BasicBlock", Residual, parts, steps=steps, ends=False)


def xternalz(depth: int, factor: int) -> nn.Module:
    parts = stages(xternalz_block, ((depth - 4) // 6,) * 3, 16, 16 * factor)
    children: dict[str, nn.Module] = {"conv1": conv(3, 16)}
    for number, part in enumerate(parts, start=1):
        children[f"block{number}"] = made("NetworkBlock", Path, {"layer": seq(*part)})
    children |= {"bn1": bn(64 * factor), "relu": relu(), "fc": nn.Linear(64 * factor, 10)}
    return made("WideResNet", Whole, children, body=tuple(children)[:-1])


def meliketoy_block(inputs: int, width: int, stride: int) -> nn.Module:
    beside = seq(conv(inputs, width, 1, stride, bias=True)) if stride != 1 or inputs != width else seq()
    parts = {"bn1": bn(inputs), "conv1": conv(inputs, width, bias=True), "dropout": nn.Dropout(0.3), "bn2": bn(width)}
    parts |= {"conv2": conv(width, width, 3, stride, bias=True), "shortcut": beside}
    steps = ("bn1", "conv1", "dropout", "bn2", "conv2")
    return made("wide_basic", Residual, parts, steps=steps, beside="shortcut", ends=False)


def meliketoy(depth: int, factor: int) -> nn.Module:
    parts = stages(meliketoy_block, ((depth - 4) // 6,) * 3, 16, 16 * factor)
    children: dict[str, nn.Module] = {"conv1": conv(3, 16, bias=True)}
    children |= {f"layer{number}": seq(*part) for number, part in enumerate(parts, start=1)}
    children |= {"bn1": bn(64 * factor), "linear": nn.Linear(64 * factor, 10)}
    return made("Wide_ResNet", Whole, children, body=tuple(children)[:-1], head="linear", act=True)


# google-research/big_transfer: pre-activation, GroupNorm
def bit_unit(inputs: int, width: int, stride: int) -> nn.Module:
    outputs = 4 * width
    parts: dict[str, nn.Module | None] = {"gn1": nn.GroupNorm(32, inputs), "conv1": conv(inputs, width, 1)}
    parts |= {"gn2": nn.GroupNorm(32, width), "conv2": conv(width, width, 3, stride), "gn3": nn.GroupNorm(32, width)}
    parts |= {"conv3": conv(width, outputs, 1), "relu": relu()}
    steps: tuple[str, ...] = ("gn1", "relu", "conv1", "gn2", "relu", "conv2", "gn3", "relu", "conv3")
    if stride == 1 and inputs == outputs:
        return made("PreActBottleneck", Residual, parts, steps=steps, ends=False)
    parts["downsample"] = conv(inputs, outputs, 1, stride)
    return made("PreActBottleneck", Residual, parts, before=steps[:2], steps=steps[2:], beside="downsample", ends=False)


def big_transfer() -> nn.Module:
    parts = stages(bit_unit, BLOCKS[50], 64, expansion=4)
    root = named(conv=conv(3, 64, 7, 2), pad=nn.ConstantPad2d(1, 0), pool=nn.MaxPool2d(3, 2))
    body = nn.Sequential()
    for number, part in enumerate(parts, start=1):
        body.add_module(
            f"block{number}", named(**{f"unit{index:02}": unit for index, unit in enumerate(part, start=1)})
        )
    head = named(
        gn=nn.GroupNorm(32, 2048), relu=relu(), avg=nn.AdaptiveAvgPool2d(1), conv=conv(2048, 1000, 1, bias=True)
    )
    return made("ResNetV2", Path, {"root": root, "body": body, "head": head})


# InsightFace's iresnet: PReLU, a norm before the first convolution and one after the last
def insight_block(inputs: int, width: int, stride: int) -> nn.Module:
    beside = seq(conv(inputs, width, 1, stride), bn(width)) if stride != 1 or inputs != width else None
    parts = {"bn1": bn(inputs), "conv1": conv(inputs, width), "bn2": bn(width), "prelu": nn.PReLU(width)}
    parts |= {"conv2": conv(width, width, 3, stride), "bn3": bn(width), "downsample": beside}
    steps = ("bn1", "conv1", "bn2", "prelu", "conv2", "bn3")
    return made("IBasicBlock", Residual, parts, steps=steps, beside="downsample" if beside else "", ends=False)


def insight() -> nn.Module:
    parts = stages(insight_block, BLOCKS[34], 64, first=2)
    children: dict[str, nn.Module] = {"conv1": conv(3, 64), "bn1": bn(64), "prelu": nn.PReLU(64)}
    children |= {f"layer{number}": seq(*part) for number, part in enumerate(parts, start=1)}
    children |= {"bn2": bn(512), "dropout": nn.Dropout(0.0), "flat": Flat(), "fc": nn.Linear(25088, 512)}
    children["features"] = nn.BatchNorm1d(512)
    return made("IResNet", Path, children)


# openai/CLIP's ModifiedResNet: three convolutions in the stem with flat names, and an average pool before each stride
def clip_block(inputs: int, width: int, stride: int) -> nn.Module:
    outputs = 4 * width
    parts: dict[str, nn.Module | None] = {"conv1": conv(inputs, width, 1), "bn1": bn(width), "relu1": relu()}
    parts |= {"conv2": conv(width, width), "bn2": bn(width), "relu2": relu()}
    parts["avgpool"] = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
    parts |= {"conv3": conv(width, outputs, 1), "bn3": bn(outputs), "relu3": relu(), "downsample": None}
    if stride > 1 or inputs != outputs:
        middle = {"-1": nn.AvgPool2d(stride), "0": conv(inputs, outputs, 1), "1": bn(outputs)}
        parts["downsample"] = named(**middle)
    steps = ("conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "avgpool", "conv3", "bn3")
    beside = "downsample" if parts["downsample"] is not None else ""
    return made("Bottleneck", Residual, parts, steps=steps, beside=beside, after=("relu3",))


class Attention(nn.Module):
    """CLIP's attention pool, with its four projections."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.zeros(50, width))
        self.k_proj, self.q_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.c_proj = nn.Linear(width, 1024)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.mean((2, 3))
        return self.c_proj(self.v_proj(flat) + self.q_proj(flat) + self.k_proj(flat))


def clip() -> nn.Module:
    parts = stages(clip_block, BLOCKS[50], 64, expansion=4)
    children: dict[str, nn.Module] = {"conv1": conv(3, 32, 3, 2), "bn1": bn(32), "relu1": relu()}
    children |= {"conv2": conv(32, 32), "bn2": bn(32), "relu2": relu(), "conv3": conv(32, 64), "bn3": bn(64)}
    children |= {"relu3": relu(), "avgpool": nn.AvgPool2d(2)}
    children |= {f"layer{number}": seq(*part) for number, part in enumerate(parts, start=1)}
    children["attnpool"] = Attention(2048)
    return made("ModifiedResNet", Path, children)
