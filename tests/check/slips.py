"""Mistakes that people make in a residual network, made in the modules of a real one on the meta device."""

from collections.abc import Callable

from torch import nn

Slip = Callable[[nn.Module], None]


def conv(
    inputs: int, outputs: int, kernel: int, stride: int = 1, *, bias: bool = False, pad: int | None = None
) -> nn.Conv2d:
    padding = kernel // 2 if pad is None else pad
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias, device="meta")


def norm(features: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(features, device="meta")


def put(path: str, module: nn.Module | None) -> Slip:
    """Replaces a module, as a second assignment to its name would; None takes it away."""

    def do(net: nn.Module) -> None:
        parent, _, name = path.rpartition(".")
        holder = net.get_submodule(parent)
        if module is None:
            del holder._modules[name]
        else:
            setattr(holder, name, module)

    return do


def every(*doings: Slip) -> Slip:
    def do(net: nn.Module) -> None:
        for doing in doings:
            doing(net)

    return do


def in_blocks(do: Slip) -> Slip:
    """Does the same in every block, as a mistake in the class of the block would."""

    def all_of(net: nn.Module) -> None:
        for name, module in net.named_modules():
            if name.count(".") == 1 and name.startswith("layer"):
                do(module)

    return all_of


def twice_in_class(name: str) -> Slip:
    """Assigns bn2 twice in the class of the block, for ``name`` bn2: it gets bn3's module, and bn3 does not exist."""

    def do(block: nn.Module) -> None:
        number = int(name[-1])
        block._modules[name] = block._modules.pop(f"{name[:-1]}{number + 1}")

    return in_blocks(do)


def forget_expansion(block: nn.Module) -> None:
    width = block.conv1.out_channels
    block.conv3, block.bn3 = conv(width, width, 1), norm(width)


def reorder(path: str, order: list[str]) -> Slip:
    def do(net: nn.Module) -> None:
        holder = net.get_submodule(path)
        modules = dict(holder._modules)
        holder._modules.clear()
        holder._modules.update({name: modules[name] for name in order + [key for key in modules if key not in order]})

    return do


def swap_in_sequential(path: str) -> Slip:
    def do(net: nn.Module) -> None:
        holder = net.get_submodule(path)
        holder._modules["0"], holder._modules["1"] = holder._modules["1"], holder._modules["0"]

    return do


def without_block(stage: str, index: int) -> Slip:
    return lambda net: net.get_submodule(stage).__delitem__(index)


def widened(stage: str, factor: float) -> Slip:
    """Makes a whole stage of a basic network with another width. What follows fits."""

    def do(net: nn.Module) -> None:
        stages = [name for name, _ in net.named_children() if name.startswith("layer")]
        wide = int(net.get_submodule(stage)[0].conv1.out_channels * factor)
        for index, block in enumerate(net.get_submodule(stage)):
            first = block.conv1
            block.conv1 = conv(first.in_channels if index == 0 else wide, wide, 3, first.stride[0])
            block.bn1, block.conv2, block.bn2 = norm(wide), conv(wide, wide, 3), norm(wide)
            if block.downsample is not None:
                project = block.downsample[0]
                block.downsample[0] = conv(project.in_channels, wide, 1, project.stride[0])
                block.downsample[1] = norm(wide)
        following = stages[stages.index(stage) + 1]
        block = net.get_submodule(following)[0]
        block.conv1 = conv(wide, block.conv1.out_channels, 3, 2)
        block.downsample[0] = conv(wide, block.conv2.out_channels, 1, 2)

    return do


def deaf_to_strides(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.in_channels != 3:
            module.stride = (1, 1)


def set_inplace(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = True


def with_biases(net: nn.Module) -> None:
    for path, module in list(net.named_modules()):
        if isinstance(module, nn.Conv2d):
            wide = conv(module.in_channels, module.out_channels, module.kernel_size[0], module.stride[0], bias=True)
            put(path, wide)(net)
