"""Networks as other people write them. Only names, layout and order of definition are theirs: a text shows nothing
else.

kuangliu/pytorch-cifar (models/resnet.py), KellerJordan/ResNet-PyTorch-CIFAR10 (model.py), d2l.ai (chapter 8.6), and two
ways that students use: a block as one Sequential, and layers in small Sequentials.
"""

from collections.abc import Callable, Iterable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional


class KuangliuBlock(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int, *, pre: bool = False) -> None:
        super().__init__()
        self.pre = pre
        if pre:
            self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False)
        if not pre:
            self.bn1 = nn.BatchNorm2d(width)
        if pre:
            self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        if not pre:
            self.bn2 = nn.BatchNorm2d(width)
        changes = stride != 1 or inputs != width
        if changes:
            conv = nn.Conv2d(inputs, width, 1, stride, bias=False)
            self.shortcut = nn.Sequential(conv) if pre else nn.Sequential(conv, nn.BatchNorm2d(width))
        elif not pre:
            self.shortcut = nn.Sequential()

    def forward(self, x: Tensor) -> Tensor:
        if not self.pre:
            out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
            return functional.relu(out + self.shortcut(x))
        out = functional.relu(self.bn1(x))
        beside = self.shortcut(out) if hasattr(self, "shortcut") else x
        return self.conv2(functional.relu(self.bn2(self.conv1(out)))) + beside


class KuangliuBottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != 4 * width:
            conv = nn.Conv2d(inputs, 4 * width, 1, stride, bias=False)
            self.shortcut = nn.Sequential(conv, nn.BatchNorm2d(4 * width))

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.bn3(self.conv3(functional.relu(self.bn2(self.conv2(out)))))
        return functional.relu(out + self.shortcut(x))


class Kuangliu(nn.Module):
    def __init__(self, blocks: Iterable[int], *, bottleneck: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for stage, count in enumerate(blocks, start=1):
            width = 64 * 2 ** (stage - 1)
            made = []
            for index in range(count):
                stride = 2 if stage > 1 and index == 0 else 1
                block = KuangliuBottleneck if bottleneck else KuangliuBlock
                made.append(block(inputs, width, stride))
                inputs = 4 * width if bottleneck else width
            self.add_module(f"layer{stage}", nn.Sequential(*made))
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.bn1(self.conv1(x)))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            out = layer(out)
        return self.linear(functional.avg_pool2d(out, 4).flatten(1))


class KuangliuPre(nn.Module):
    """Kuangliu's pre-activation network, which has no norm between the last block and the pool."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        inputs = 64
        for stage in range(1, 5):
            width, stride = 64 * 2 ** (stage - 1), 1 if stage == 1 else 2
            blocks = KuangliuBlock(inputs, width, stride, pre=True), KuangliuBlock(width, width, 1, pre=True)
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
            inputs = width
        self.linear = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv1(x)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            out = layer(out)
        return self.linear(functional.avg_pool2d(out, 4).flatten(1))


class IdentityPadding(nn.Module):
    def __init__(self, outputs: int, inputs: int, stride: int) -> None:
        super().__init__()
        self.identity = nn.MaxPool2d(1, stride=stride)
        self.num_zeros = outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        return self.identity(functional.pad(x, (0, 0, 0, 0, 0, self.num_zeros)))


class AvgPoolPadding(IdentityPadding):
    def __init__(self, outputs: int, inputs: int, stride: int) -> None:
        super().__init__(outputs, inputs, stride)
        self.identity = nn.AvgPool2d(stride, stride=stride)


class ConvProjection(nn.Module):
    def __init__(self, outputs: int, inputs: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


PROJECTIONS = {"A": IdentityPadding, "B": ConvProjection, "C": AvgPoolPadding}


class ResBlock(nn.Module):
    def __init__(self, outputs: int, inputs: int, stride: int, option: str) -> None:
        super().__init__()
        self.projection = None if inputs == outputs else PROJECTIONS[option](outputs, inputs, stride)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(out + (x if self.projection is None else self.projection(x)))


class KellerJordan(nn.Module):
    def __init__(self, count: int, option: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(16)
        self.relu1 = nn.ReLU(inplace=True)
        inputs = 16
        for stage, width in enumerate((16, 32, 64), start=1):
            blocks = [ResBlock(width, inputs if place == 0 else width, 1, option) for place in range(count)]
            if stage > 1:
                blocks[0] = ResBlock(width, inputs, 2, option)
            self.add_module(f"layers{stage}", nn.Sequential(*blocks))
            inputs = width
        self.avgpool = nn.AvgPool2d(8)
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu1(self.norm1(self.conv1(x)))
        out = self.avgpool(self.layers3(self.layers2(self.layers1(out))))
        return self.linear(out.flatten(1))


class Residual(nn.Module):
    """d2l.ai's block: the projection is called conv3, and norms are defined after all convolutions."""

    def __init__(self, inputs: int, width: int, stride: int, *, project: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.conv3 = nn.Conv2d(inputs, width, 1, stride) if project else None
        self.bn1 = nn.BatchNorm2d(width)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(out + (x if self.conv3 is None else self.conv3(x)))


def d2l() -> nn.Sequential:
    """d2l.ai's ResNet-18 for Fashion-MNIST: one channel, ten classes."""
    stem = nn.Sequential(
        nn.Conv2d(1, 64, 7, 2, padding=3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)
    )
    stages, inputs = [], 64
    for stage in range(4):
        width = 64 * 2**stage
        first = Residual(inputs, width, 2 if stage else 1, project=stage > 0)
        stages.append(nn.Sequential(first, Residual(width, width, 1, project=False)))
        inputs = width
    return nn.Sequential(stem, *stages, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(512, 10))


class OneSequential(nn.Module):
    """A block as one Sequential beside another."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.residual_function = nn.Sequential(
            nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != width:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.residual_function(x) + self.shortcut(x))


class SmallSequentials(nn.Module):
    """Each convolution with its norm in a Sequential of its own."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.conv2 = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
        self.downsample = None
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.conv2(self.conv1(x)) + (x if self.downsample is None else self.downsample(x)))


def students(block: type[nn.Module]) -> nn.Module:
    """A ResNet-18 made of one of these two blocks, with the stem in a Sequential and stages called conv2_x and on."""
    net = nn.Sequential()
    net.add_module(
        "conv1",
        nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        ),
    )
    inputs = 64
    for stage in range(4):
        width = 64 * 2**stage
        net.add_module(
            f"conv{stage + 2}_x", nn.Sequential(block(inputs, width, 2 if stage else 1), block(width, width, 1))
        )
        inputs = width
    net.add_module("avg_pool", nn.AdaptiveAvgPool2d((1, 1)))
    net.add_module("flatten", nn.Flatten())
    net.add_module("fc", nn.Linear(512, 1000))
    return net


def _as_it_is(draw: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda weights, *rest, **options: weights if weights.is_meta else draw(weights, *rest, **options)


def on_meta(make: type[nn.Module] | object, *args: object, **options: object) -> nn.Module:
    """Builds a network on the meta device, which takes no memory; nor does it take time to draw weights there."""
    with torch.device("meta"), pytest.MonkeyPatch.context() as patch:
        for draw in ("normal_", "uniform_"):
            patch.setattr(Tensor, draw, _as_it_is(getattr(Tensor, draw)))
        net: nn.Module = make(*args, **options)  # type: ignore[operator]
    return net
