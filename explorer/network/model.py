"""The real network: a configuration as PyTorch modules, every operation a named module of its own.

State-dict names and shapes are torchvision's wherever torchvision has the network (pytorch/vision,
torchvision/models/resnet.py), and timm's for ResNet-D's stem and shortcut, so published weights load strictly.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.network.block_plans import BlockPlan, block_plans, projection_has_norm
from explorer.network.config import ResNetConfig
from explorer.network.options import Activation, Block, Init, Norm, Order, Stem

ACTIVATIONS: Mapping[Activation, Callable[[], nn.Module]] = {
    Activation.RELU: nn.ReLU,
    Activation.LEAKY_RELU: nn.LeakyReLU,
    Activation.GELU: nn.GELU,
    Activation.SIGMOID: nn.Sigmoid,
    Activation.TANH: nn.Tanh,
}


class Add(nn.Module):
    """The residual sum. A new tensor, never in place: hooks and attribution need both summands intact."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        return branch + shortcut


class ZeroPad(nn.Module):
    """Shortcut A: keeps every ``stride``-th row and column and appends ``extra`` channels of zeros.

    (N, C, H, W) -> (N, C + extra, ceil(H / stride), ceil(W / stride)). He et al. 2015, section 3.3, option A.
    """

    def __init__(self, extra: int, stride: int) -> None:
        super().__init__()
        self.extra = extra
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        kept = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(kept, (0, 0, 0, 0, 0, self.extra))

    def extra_repr(self) -> str:
        return f"extra={self.extra}, stride={self.stride}"


class _Parts:
    """Makes the modules a configuration asks for."""

    def __init__(self, config: ResNetConfig) -> None:
        self.config = config

    def conv(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Conv2d:
        return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=self.config.conv_bias)

    def norm(self, channels: int) -> nn.Module | None:
        return nn.BatchNorm2d(channels) if self.config.norm is Norm.BATCH else None

    def activation(self) -> nn.Module:
        return ACTIVATIONS[self.config.activation]()

    def shortcut(self, plan: BlockPlan) -> nn.Sequential | None:
        """What the shortcut does to its input, or None where it is the identity (or absent)."""
        slots: dict[int, nn.Module | None] = {}
        if plan.pools:  # ceil_mode: odd maps keep their last row, as the strided convolution beside it does
            slots[0] = nn.AvgPool2d(plan.stride, plan.stride, ceil_mode=True, count_include_pad=False)
        first = int(self.config.shortcut.pools)
        stride = 1 if plan.pools else plan.stride
        if plan.shortcut == "pad":
            slots[first] = ZeroPad(plan.out_channels - plan.in_channels, stride)
        elif plan.shortcut == "project":
            slots[first] = self.conv(plan.in_channels, plan.out_channels, 1, stride)
            slots[first + 1] = self.norm(plan.out_channels) if projection_has_norm(self.config) else None
        return _numbered(slots) if slots else None

    def deep_stem(self, outputs: int) -> nn.Sequential:
        """Three 3x3 convolutions, numbered as in timm's ``deep_stem``. (N, C, H, W) -> (N, outputs, H/2, W/2)."""
        middle = max(outputs // 2, 1)
        return _numbered(
            {
                0: self.conv(self.config.in_channels, middle, 3, 2),
                1: self.norm(middle),
                2: self.activation(),
                3: self.conv(middle, middle, 3, 1),
                4: self.norm(middle),
                5: self.activation(),
                6: self.conv(middle, outputs, 3, 1),
            }
        )


def _numbered(slots: Mapping[int, nn.Module | None]) -> nn.Sequential:
    return nn.Sequential(OrderedDict((str(slot), part) for slot, part in slots.items() if part is not None))


class ResidualBlock(nn.Module):
    """One block: ``conv1 .. conv3`` with their norms and activations, and a shortcut beside them.

    (N, in_channels, H, W) -> (N, out_channels, ceil(H / stride), ceil(W / stride)).
    """

    def __init__(self, plan: BlockPlan, config: ResNetConfig) -> None:
        super().__init__()
        parts = _Parts(config)
        self.pre = config.order is Order.PRE
        self.steps = config.convs_per_block
        for step, (inputs, outputs, kernel, stride) in enumerate(_block_convs(plan, config.block), start=1):
            self.add_module(f"conv{step}", parts.conv(inputs, outputs, kernel, stride))
            self.add_module(f"bn{step}", parts.norm(inputs if self.pre else outputs))
            self.add_module(f"act{step}", parts.activation())
        self.downsample = parts.shortcut(plan)
        self.add = None if plan.shortcut == "none" else Add()

    def forward(self, x: Tensor) -> Tensor:
        return self._pre(x) if self.pre else self._post(x)

    def _post(self, x: Tensor) -> Tensor:
        out = x
        for step in range(1, self.steps + 1):
            out = self._conv(step, out)
            out = self._norm(step, out)
            if step < self.steps:
                out = self._act(step, out)
        return self._act(self.steps, self._join(out, x))

    def _pre(self, x: Tensor) -> Tensor:
        out = shortcut = x
        for step in range(1, self.steps + 1):
            out = self._act(step, self._norm(step, out))
            if step == 1 and self.downsample is not None:
                shortcut = out  # both paths share the first norm and activation (He et al. 2016, appendix)
            out = self._conv(step, out)
        return self._join(out, shortcut)

    def _join(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        if self.add is None:
            return branch
        out: Tensor = self.add(branch, shortcut if self.downsample is None else self.downsample(shortcut))
        return out

    def _conv(self, step: int, x: Tensor) -> Tensor:
        out: Tensor = getattr(self, f"conv{step}")(x)
        return out

    def _norm(self, step: int, x: Tensor) -> Tensor:
        norm = getattr(self, f"bn{step}")
        return x if norm is None else norm(x)

    def _act(self, step: int, x: Tensor) -> Tensor:
        out: Tensor = getattr(self, f"act{step}")(x)
        return out


def _block_convs(plan: BlockPlan, block: Block) -> list[tuple[int, int, int, int]]:
    """(inputs, outputs, kernel, stride) of each convolution of the main path."""
    strides = plan.strides
    if block is Block.BASIC:
        return [(plan.in_channels, plan.width, 3, strides[0]), (plan.width, plan.out_channels, 3, strides[1])]
    return [
        (plan.in_channels, plan.width, 1, strides[0]),
        (plan.width, plan.width, 3, strides[1]),
        (plan.width, plan.out_channels, 1, strides[2]),
    ]


class ResNet(nn.Module):
    """The network of a configuration: images (N, in_channels, H, W) to logits (N, num_classes)."""

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__()
        self.config = config
        parts, channels, pre = _Parts(config), config.widths[0], config.order is Order.PRE
        if config.stem is Stem.DEEP:
            self.conv1: nn.Module = parts.deep_stem(channels)
        else:
            kernel, stride = (7, 2) if config.stem is Stem.IMAGENET else (3, 1)
            self.conv1 = parts.conv(config.in_channels, channels, kernel, stride)
        # A pre-activation network's first unit brings the norm and activation itself.
        self.bn1 = None if pre else parts.norm(channels)
        self.act1 = None if pre else parts.activation()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if config.stem.max_pools else None
        self.stages = [f"layer{stage}" for stage in range(1, len(config.widths) + 1)]
        plans = list(block_plans(config))
        for stage, name in enumerate(self.stages, start=1):
            blocks = (ResidualBlock(plan, config) for plan in plans if plan.stage == stage)
            self.add_module(name, nn.Sequential(*blocks))
        features = plans[-1].out_channels
        self.bn_last = parts.norm(features) if pre else None
        self.act_last = parts.activation() if pre else None
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(features, config.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        names = ("conv1", "bn1", "act1", "maxpool", *self.stages, "bn_last", "act_last", "avgpool")
        for name in names:
            module = getattr(self, name)
            if module is not None:
                x = module(x)
        logits: Tensor = self.fc(x.flatten(1))  # (N, C, 1, 1) -> (N, C) -> (N, num_classes)
        return logits


def build(config: ResNetConfig, device: str | torch.device = "cpu", seed: int = 0) -> ResNet:
    """The network with its initial weights, in training mode, on ``device``.

    Each weight depends on the seed and on its own name only: the same seed gives every convolution the same
    weights with and without shortcuts, on every device, whatever else the network has, and leaves PyTorch's
    global random state alone. ``device="meta"`` gives shapes without memory.
    """
    with torch.device("meta"):
        net = ResNet(config)
    if torch.device(device).type == "meta":
        return net
    net.to_empty(device="cpu")
    with torch.no_grad():
        _initialise(net, config, seed)
    return net.to(device)


def _initialise(net: ResNet, config: ResNetConfig, seed: int) -> None:
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            _initialise_conv(module, config.init, seed, name)
        elif isinstance(module, nn.Linear):
            _default_init(module, seed, name)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
    if config.zero_init_residual and not config.is_plain:
        for module in net.modules():
            if isinstance(module, ResidualBlock):
                _silence(module)


def _initialise_conv(conv: nn.Conv2d, init: Init, seed: int, name: str) -> None:
    generator = _generator(seed, name)
    match init:
        case Init.HE_FAN_OUT:
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        case Init.HE_FAN_IN:
            nn.init.kaiming_normal_(conv.weight, mode="fan_in", nonlinearity="relu", generator=generator)
        case Init.XAVIER:
            nn.init.xavier_uniform_(conv.weight, generator=generator)
        case Init.TORCH:
            _default_init(conv, seed, name)
            return
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)


def _default_init(module: nn.Conv2d | nn.Linear, seed: int, name: str) -> None:
    """What ``reset_parameters`` of these modules does (pytorch/pytorch, torch/nn/modules/linear.py), seeded."""
    nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=_generator(seed, name))
    if module.bias is not None:
        bound = 1 / math.sqrt(module.weight[0].numel())
        nn.init.uniform_(module.bias, -bound, bound, generator=_generator(seed, f"{name}.bias"))


def _silence(block: ResidualBlock) -> None:
    """Start the branch at zero: the last norm's scale where a norm ends the branch (Goyal et al. 2017, section 5.1),
    else the last convolution (a zero scale before an activation would never receive a gradient)."""
    last = None if block.pre else getattr(block, f"bn{block.steps}")
    if last is None:
        last = getattr(block, f"conv{block.steps}")
        if last.bias is not None:
            nn.init.zeros_(last.bias)
    nn.init.zeros_(last.weight)


def _generator(seed: int, name: str) -> torch.Generator:
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest))


def build_like(net: ResNet) -> ResNet:
    """A copy of a network: its own weights and running statistics, none of its hooks or gradients."""
    with torch.device("meta"):
        twin = ResNet(net.config)
    twin.to_empty(device=next(net.parameters()).device)
    twin.load_state_dict(net.state_dict())
    return twin
