"""Would this network run here? Answered in closed form, before a byte is spent.

The app is shared: one page must not take the memory or the minutes of all the others. What is too much is refused
with numbers and advice, and the reader still learns all that needs no memory (``explorer.live``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from explorer.arithmetic import Architecture, analyze
from explorer.config import Order, ResNetConfig
from explorer.devices import Device, find_device, free_bytes
from explorer.layer import BYTES_PER_VALUE, Kind, Layer, Shape
from explorer.units import human, size

USABLE = 0.8  # of the free memory: the rest is for everything else that the machine is doing
MAX_BATCH_SIZE = 4096

# Multiply-adds of one forward pass that take a few seconds: two CPU cores do some 50 billion a second, a laptop's
# GPU a trillion, a server's ten.
MAX_MACS: Mapping[str, int] = {"cpu": 150 * 10**9, "mps": 2 * 10**12, "cuda": 20 * 10**12}
# Weights are drawn at random on the CPU, wherever they go afterwards: some 100 million a second.
MAX_PARAMS = 500 * 10**6

_ADVICE = "Take a smaller image, smaller widths or fewer blocks, or run the Python file on a bigger machine."


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a forward pass of ``batch_size`` images would need, what there is, and if it does not fit, why.

    ``bytes_needed`` = weights + buffers + the most that activations take at one time + room for the convolutions'
    own workspace. ``macs`` are those of the whole batch. ``reason`` is empty where it fits.
    """

    device: str
    batch_size: int
    bytes_needed: int
    bytes_free: int
    macs: int
    max_macs: int
    reason: str

    @property
    def fits(self) -> bool:
        """Whether the network may run."""
        return not self.reason


def preflight(config: ResNetConfig, device: str = "cpu", batch_size: int = 1) -> Preflight:
    """Weigh one forward pass in evaluation mode against the device.

    Raises:
        ValueError: the network cannot exist (see ``analyze``) or the batch size is out of bounds.
        DeviceError: there is no such device.
    """
    if not 1 <= batch_size <= MAX_BATCH_SIZE:
        raise ValueError(f"batch_size is {batch_size!r}: it must be a whole number from 1 to {MAX_BATCH_SIZE:,}.")
    where, arch = find_device(device), analyze(config)
    stored = (arch.params + arch.buffers) * BYTES_PER_VALUE
    needed = stored + batch_size * peak_activation_bytes(arch) + workspace_bytes(arch, batch_size)
    free, macs, most = free_bytes(where), batch_size * arch.macs, MAX_MACS[where.kind]
    reason = ""
    if needed > USABLE * free:
        reason = _too_large(where, needed, free, batch_size)
    elif arch.params > MAX_PARAMS:
        reason = (
            f"It has {human(arch.params)} parameters and this server draws at most {human(MAX_PARAMS)} "
            f"random weights for one network. {_ADVICE}"
        )
    elif macs > most:
        reason = _too_much_work(where, macs, most, batch_size)
    return Preflight(where.name, batch_size, needed, free, macs, most, reason)


def _too_large(device: Device, needed: int, free: int, batch_size: int) -> str:
    return (
        f"It would need about {size(needed)} on {device.name} for {_images(batch_size)}, and of the "
        f"{size(free)} free there it may take {size(int(USABLE * free))}. {_advice(batch_size)}"
    )


def _too_much_work(device: Device, macs: int, most: int, batch_size: int) -> str:
    return (
        f"One forward pass of {_images(batch_size)} takes {human(macs)} multiply-adds, and on {device.name} this "
        f"shared server runs at most {human(most)} at a time. {_advice(batch_size)}"
    )


def _images(batch_size: int) -> str:
    return "one image" if batch_size == 1 else f"{batch_size:,} images"


def _advice(batch_size: int) -> str:
    return _ADVICE if batch_size == 1 else _ADVICE.replace("Take ", "Take a smaller batch, ", 1)


def workspace_bytes(arch: Architecture, batch_size: int) -> int:
    """Room for the hungriest convolution's workspace: a second copy of its input, output and weights.

    CPU and GPU libraries reorder all three into layouts of their own (oneDNN's blocked formats, cuDNN's NHWC).
    """
    convs = (layer for layer in arch.layers if layer.kind is Kind.CONV)
    return max(
        BYTES_PER_VALUE * (batch_size * _values(conv.input_shape) + conv.params) + batch_size * conv.activation_bytes
        for conv in convs
    )


def peak_activation_bytes(arch: Architecture) -> int:
    """The most bytes that one image's activations take at one time in a forward pass without gradients."""
    sizes = {layer.name: layer.activation_bytes for layer in arch.layers}
    sizes[_IMAGE] = BYTES_PER_VALUE * _values(arch.layers[0].input_shape)
    return max(sum(sizes[name] for name in alive) for alive in _alive(arch))


_IMAGE = "the image"


def _alive(arch: Architecture) -> Iterator[set[str]]:
    """For each layer, the names of those whose outputs are alive while it runs.

    Its input and output; the image; and inside a block the input of its stage and of the block, which callers hold.
    """
    stage, stage_input, last = "stem", _IMAGE, _IMAGE
    for _, group in groupby(arch.layers, key=lambda layer: layer.unit):
        layers = list(group)
        if layers[0].stage != stage:
            stage, stage_input = layers[0].stage, last
        if layers[0].block is not None:
            yield from _alive_in_block(layers, last, {_IMAGE, stage_input, last}, arch.config.order)
        else:
            inputs = [last, *(layer.name for layer in layers)]
            yield from ({_IMAGE, before, layer.name} for before, layer in zip(inputs, layers, strict=False))
        last = layers[-1].name


def _alive_in_block(layers: list[Layer], block_input: str, held: set[str], order: Order) -> Iterator[set[str]]:
    """The same within one block, which also holds the branch while the shortcut runs, and in pre-activation order a
    norm's input until the activation is done, and the first activation's output where both paths start from it."""
    pre = order is Order.PRE
    forks = pre and any(layer.on_shortcut for layer in layers)
    shortcut_input = norm_input = last = block_input
    joining = False
    for layer in layers:
        if not joining and (layer.on_shortcut or layer.kind is Kind.ADD):
            joining, held = True, held | {last}
            last = shortcut_input if layer.on_shortcut else last
        activates = pre and layer.kind is Kind.ACTIVATION
        yield held | {last, layer.name} | ({norm_input} if activates else set())
        if forks and activates and shortcut_input == block_input:
            shortcut_input, held = layer.name, held | {layer.name}
        norm_input = last if layer.kind is Kind.NORM else layer.name
        last = layer.name


def _values(shape: Shape) -> int:
    channels, height, width = shape
    return channels * height * width
