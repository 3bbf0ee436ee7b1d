"""One method for each kind of layer: its shape, parameters, MACs and receptive field from those of its input.

Receptive fields follow Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks" (Distill):
r <- r + (k - 1) j and j <- j s.
"""

from dataclasses import dataclass

from explorer.network.block_plans import norm_groups
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Layer, Role, Shape
from explorer.network.options import Norm, Order


def output_size(name: str, size: int, reach: int, stride: int, padding: int, *, ceil_mode: bool = False) -> int:
    """Side of a convolution's or pooling's output, as PyTorch computes it. ``reach`` is the side of the window that
    its kernel spans, with the gaps of a dilated one.

    Raises:
        ValueError: the kernel does not fit into the padded input, or a strided layer meets a map of 1x1.
    """
    padded = size + 2 * padding
    if reach > padded and not ceil_mode:
        raise ValueError(
            f"{name}: its {reach}×{reach} kernel does not fit into a {size}×{size} map padded to {padded}×{padded}. "
            "Use a larger image or fewer stages."
        )
    if stride > 1 and size == 1:
        raise ValueError(
            f"{name} would halve a map that is already 1×1: nothing would be left of it. "
            "Use a larger image, fewer stages or the CIFAR stem."
        )
    span = padded - reach + (stride - 1 if ceil_mode else 0)
    return span // stride + 1


@dataclass(slots=True)
class Tensor:
    """What flows between layers: its shape, and what one value of it has seen of the image."""

    shape: Shape
    field: int = 1
    jump: int = 1


class LayerWriter:
    """Writes layers down in the order in which the network runs them, each after the tensor ``x`` that it reads."""

    def __init__(self, config: ResNetConfig) -> None:
        self.config = config
        self.pre = config.order is Order.PRE
        self.layers: list[Layer] = []
        self.stage = "stem"
        self.index: int | None = None
        self.prefix = ""
        self.on_shortcut = False
        side = config.image_size
        self.x = Tensor((config.in_channels, side, side))

    # One method for each kind of layer; each reads and replaces the current tensor ``self.x``.

    def add(
        self,
        name: str,
        kind: Kind,
        role: Role,
        out: Shape,
        *,
        params: int = 0,
        buffers: int = 0,
        macs: int = 0,
        kernel: int = 1,
        stride: int = 1,
        padding: int = 0,
        bias: bool = False,
        ceil_mode: bool = False,
        groups: int = 1,
        dilation: int = 1,
    ) -> None:
        x = self.x
        layer = Layer(self.prefix + name, kind, self.stage, self.index, role, x.shape, out, params, buffers, macs,
                      kernel, stride, padding, bias, ceil_mode, x.field, x.jump, self.on_shortcut, groups,
                      dilation)  # fmt: skip
        self.layers.append(layer)
        self.x = Tensor(out, layer.receptive_field, layer.jump)

    def conv(
        self,
        name: str,
        role: Role,
        channels: int,
        kernel: int,
        stride: int,
        *,
        groups: int = 1,
        dilation: int = 1,
        bias: bool | None = None,
    ) -> None:
        inputs, size, _ = self.x.shape
        padding = kernel // 2 * dilation
        side = output_size(self.prefix + name, size, 1 + (kernel - 1) * dilation, stride, padding)
        weights = kernel * kernel * inputs * channels // groups
        bias = self.config.conv_bias if bias is None else bias
        self.add(
            name,
            Kind.CONV,
            role,
            (channels, side, side),
            params=weights + (channels if bias else 0),
            macs=weights * side * side,
            kernel=kernel,
            stride=stride,
            padding=padding,
            bias=bias,
            groups=groups,
            dilation=dilation,
        )

    def norm(self, name: str) -> None:
        channels, height, width = self.x.shape
        match self.config.norm:
            case Norm.BATCH:
                self._norm(name, groups=0, buffers=2 * channels + 1)
            case Norm.GROUP:
                groups = norm_groups(channels)
                if channels * height * width == groups:
                    raise ValueError(
                        f"{self.prefix}{name}: each of its {groups} groups would be a single value, of which "
                        "normalisation leaves nothing. Use a larger image, fewer stages or batch norm."
                    )
                self._norm(name, groups=groups)

    def _norm(self, name: str, *, groups: int, buffers: int = 0) -> None:
        params = 2 * self.x.shape[0]
        self.add(name, Kind.NORM, Role.NORM, self.x.shape, params=params, buffers=buffers, groups=groups)

    def activation(self, name: str) -> None:
        self.add(name, Kind.ACTIVATION, Role.ACTIVATION, self.x.shape)

    def dropout(self, name: str) -> None:
        self.add(name, Kind.DROPOUT, Role.OTHER, self.x.shape)

    def blur(self, name: str, role: Role = Role.OTHER) -> None:
        channels, size, _ = self.x.shape
        side = output_size(self.prefix + name, size, 3, 2, 1)
        self.add(name, Kind.BLUR, role, (channels, side, side), kernel=3, stride=2, padding=1)

    def pool(self, name: str, role: Role, kernel: int, stride: int, *, padding: int = 0, ceil: bool = False) -> None:
        channels, size, _ = self.x.shape
        side = output_size(self.prefix + name, size, kernel, stride, padding, ceil_mode=ceil)
        out = (channels, side, side)
        self.add(name, Kind.POOL, role, out, kernel=kernel, stride=stride, padding=padding, ceil_mode=ceil)

    def pad(self, name: str, channels: int, stride: int) -> None:
        side = output_size(self.prefix + name, self.x.shape[1], 1, stride, 0)
        self.add(name, Kind.PAD, Role.SHORTCUT, (channels, side, side), stride=stride)
