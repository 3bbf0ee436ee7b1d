"""Would this network run here? Answered in closed form, before a byte is spent.

The app is shared: one page must not take the memory or the minutes of all the others. What is too much is refused
with numbers and advice, and the reader still learns all that needs no memory (``explorer.live.inspect``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from explorer.live.devices import Device, find_device, free_bytes
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import BYTES_PER_VALUE, Kind, Layer, Role, Shape
from explorer.network.options import Order
from explorer.network.totals import MACS_OF_TRAINING
from explorer.text.quantities import human, size

USABLE = 0.8  # of the free memory: the rest is for everything else that the machine is doing
MAX_BATCH_SIZE = 4096

# Multiply-adds of one forward pass that take a few seconds: two CPU cores do some 50 billion a second, a laptop's
# GPU a trillion, a server's ten.
MAX_MACS: Mapping[str, int] = {"cpu": 150 * 10**9, "mps": 2 * 10**12, "cuda": 20 * 10**12}
# Weights are drawn at random on the CPU, wherever they go afterwards: some 100 million a second.
MAX_PARAMS = 500 * 10**6
# Malloc keeps freed maps in the process's heap, where the next ones do not always fit: in 41 runs on a CPU the process
# grew by 0.5 to 2.1 times the maps and the workspace. A GPU's allocator hands out whole blocks again.
HELD: Mapping[str, int] = {"cpu": 2, "mps": 1, "cuda": 1}

_ADVICE = "Take a smaller image, smaller widths or fewer blocks, or run the Python file on a bigger machine."


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a pass of ``batch_size`` images would need, what there is, and if it does not fit, why.

    ``bytes_needed`` of a forward pass = weights + buffers + the most that activations take at one time + room for the
    convolutions' own workspace, the last two times ``HELD``. ``macs`` are those of the whole batch. ``reason`` is empty
    where it fits.
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


def preflight(config: ResNetConfig, device: str = "cpu", batch_size: int = 1, *, beside: int = 0) -> Preflight:
    """Weigh one forward pass in evaluation mode against the device, ``beside`` bytes that others are about to take.

    Raises:
        ValueError: the network cannot exist (see ``analyze``) or the batch size is out of bounds.
        DeviceError: there is no such device.
    """
    target, arch = _found(config, device, batch_size)
    passing = batch_size * peak_activation_bytes(arch) + workspace_bytes(arch, batch_size)
    needed = estimated_weight_bytes(arch) + HELD[target.kind] * passing
    return _weighed(
        target, arch, batch_size, _Work("It", "One forward pass of", needed, batch_size * arch.macs), beside
    )


def preflight_training(config: ResNetConfig, device: str = "cpu", batch_size: int = 1, *, beside: int = 0) -> Preflight:
    """Weigh one training step, forward and backward in training mode, against the device, as ``preflight`` does.

    ``bytes_needed`` is an upper bound: weights, buffers and the weights' gradients; every layer's output and index
    (autograd keeps most of them, see ``kept_bytes``); three of the largest maps for the gradients on their way back;
    and the workspace. ``macs`` are three times the forward pass's: the backward pass computes two gradients, with
    respect to the input and to the weights, and each takes as many as the forward pass.

    Raises:
        ValueError: as ``preflight``. DeviceError: as ``preflight``.
    """
    target, arch = _found(config, device, batch_size)
    largest = max(layer.activation_bytes for layer in arch.layers)
    gradients = arch.params * BYTES_PER_VALUE + batch_size * 3 * largest
    needed = estimated_weight_bytes(arch) + kept_bytes(arch, batch_size) + gradients + workspace_bytes(arch, batch_size)
    macs = batch_size * MACS_OF_TRAINING * arch.macs
    found = _weighed(target, arch, batch_size, _Work("A training step", "One training step of", needed, macs), beside)
    lonely = next((layer for layer in arch.layers if _is_lonely(layer, batch_size)), None)
    if lonely is None:
        return found
    reason = (
        f"Batch norm {lonely.name} would have a single value a channel to average over, one image of 1×1, and cannot "
        "train on that. Take a batch of at least 2 images, or a larger image."
    )
    return replace(found, reason=reason)


class _Work(NamedTuple):
    """What is weighed, in words for the two ways in which it can be too much, and in numbers."""

    memory: str
    labour: str
    needed: int
    macs: int


def _found(config: ResNetConfig, device: str, batch_size: int) -> tuple[Device, Architecture]:
    if not 1 <= batch_size <= MAX_BATCH_SIZE:
        raise ValueError(f"batch_size is {batch_size!r}: it must be a whole number from 1 to {MAX_BATCH_SIZE:,}.")
    return find_device(device), analyze(config)


def _weighed(target: Device, arch: Architecture, batch_size: int, work: _Work, beside: int) -> Preflight:
    free, most = free_bytes(target), MAX_MACS[target.kind]
    reason = ""
    if work.needed + beside > USABLE * free:
        reason = _too_large(target, work, free, batch_size, beside)
    elif arch.params > MAX_PARAMS:
        reason = (
            f"It has {human(arch.params)} parameters and this server draws at most {human(MAX_PARAMS)} "
            f"random weights for one network. {_ADVICE}"
        )
    elif work.macs > most:
        reason = _too_much_work(target, work, most, batch_size)
    return Preflight(target.name, batch_size, work.needed, free, work.macs, most, reason)


def _too_large(device: Device, work: _Work, free: int, batch_size: int, beside: int) -> str:
    others = f" beside {size(beside)} of the other networks" if beside else ""
    return (
        f"{work.memory} would need about {size(work.needed)} on {device.name} for {_images(batch_size)}{others}, and "
        f"of the {size(free)} free there it may take {size(int(USABLE * free))}. {_advice(batch_size)}"
    )


def _too_much_work(device: Device, work: _Work, most: int, batch_size: int) -> str:
    return (
        f"{work.labour} {_images(batch_size)} takes {human(work.macs)} multiply-adds, and on {device.name} this "
        f"shared server runs at most {human(most)} at a time. {_advice(batch_size)}"
    )


def _is_lonely(layer: Layer, batch_size: int) -> bool:
    """Whether a batch norm has one value a channel, which PyTorch refuses to train on."""
    batch_norm = layer.kind is Kind.NORM and not layer.groups
    return batch_norm and batch_size * layer.output_shape[1] * layer.output_shape[2] == 1


def _images(batch_size: int) -> str:
    return "one image" if batch_size == 1 else f"{batch_size:,} images"


def _advice(batch_size: int) -> str:
    return _ADVICE if batch_size == 1 else _ADVICE.replace("Take ", "Take a smaller batch, ", 1)


def estimated_weight_bytes(arch: Architecture) -> int:
    """Bytes of the parameters and buffers."""
    return (arch.params + arch.buffers) * BYTES_PER_VALUE


def kept_bytes(arch: Architecture, batch_size: int) -> int:
    """At most the bytes that autograd keeps from the forward pass for the backward pass, the images included.

    All outputs, although those that no backward operation reads are freed (see ``Architecture.activation_bytes``);
    eight bytes for each value of the max pool, whose indices are int64; a mask for each dropout; what a blur holds on
    the way; and the batch's own mean and variance in each norm.
    """
    outputs = arch.activation_bytes + BYTES_PER_VALUE * _values(arch.layers[0].input_shape)
    return batch_size * (outputs + sum(map(_kept_beside, arch.layers))) + BYTES_PER_VALUE * arch.buffers


def _kept_beside(layer: Layer) -> int:
    """Bytes that one image's backward pass needs of a layer beside its output."""
    match layer.kind:
        case Kind.POOL if layer.name == "maxpool":
            return 8 * _values(layer.output_shape)
        case Kind.DROPOUT:
            return layer.activation_bytes
        case Kind.BLUR:
            return sum(blur_bytes(layer))
        case Kind.NORM:
            return 2 * BYTES_PER_VALUE * layer.groups  # mean and deviation of each group
        case _:
            return 0


def blur_bytes(layer: Layer) -> tuple[int, int]:
    """Bytes of the two maps between a blur's input and its output: with the mirrored border, and the first average."""
    channels, height, width = layer.input_shape
    values = (height + 2) * (width + 2), (height + 1) * (width + 1)
    return BYTES_PER_VALUE * channels * values[0], BYTES_PER_VALUE * channels * values[1]


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
    sizes |= {_within(layer): _bytes_inside(layer) for layer in arch.layers}
    return max(sum(sizes[name] for name in alive) for alive in _alive(arch))


_IMAGE = "the image"


def _alive(arch: Architecture) -> Iterator[set[str]]:
    """For each layer, the names of those whose outputs are alive while it runs.

    Its input and output; the image; inside a block the input of its stage and of the block, and in the head the last
    block's output, which callers hold.
    Dropout is not among them: in evaluation mode it hands its input on.
    """
    stage, stage_input, last = "stem", _IMAGE, _IMAGE
    for _, group in groupby(arch.layers, key=lambda layer: layer.unit):
        layers = [layer for layer in group if layer.kind is not Kind.DROPOUT]
        if layers[0].stage != stage:
            stage, stage_input = layers[0].stage, last
        if layers[0].block is not None:
            yield from _alive_in_block(layers, last, {_IMAGE, stage_input, last}, arch.config.order)
        else:
            inputs = [last, *(layer.name for layer in layers)]
            pairs = zip(inputs, layers, strict=False)
            yield from ({_IMAGE, last, before, layer.name, _within(layer)} for before, layer in pairs)
        last = layers[-1].name


def _alive_in_block(layers: list[Layer], block_input: str, held: set[str], order: Order) -> Iterator[set[str]]:
    """The same within one block, which also holds the end of its convolutions while attention, a scale and the
    shortcut run, and in pre-activation order a norm's input until the activation is done, and the first activation's
    output where both paths start from it."""
    pre = order is Order.PRE
    forks = pre and any(layer.on_shortcut for layer in layers)
    shortcut_input = norm_input = last = block_input
    convolved = ""  # the end of the convolutions, which the block holds until its own end
    branch, joining, joined = "", False, False
    for layer in layers:
        if not convolved and _follows_convolutions(layer):
            convolved, held = last, held | {last}
        if not joining and (layer.on_shortcut or layer.kind is Kind.ADD):
            joining, branch = True, last
            last = shortcut_input if layer.on_shortcut else last
        activates = pre and layer.kind is Kind.ACTIVATION and layer.role is Role.ACTIVATION
        beside = {branch} if joining and not joined else set()
        yield held | beside | {last, layer.name, _within(layer)} | ({norm_input} if activates else set())
        joined = joined or layer.kind is Kind.ADD
        if forks and activates and shortcut_input == block_input:
            shortcut_input, held = layer.name, held | {layer.name}
        norm_input = last if layer.kind is Kind.NORM else layer.name
        last = layer.name


def _follows_convolutions(layer: Layer) -> bool:
    return layer.role is Role.ATTENTION or layer.kind in (Kind.SCALE, Kind.ADD) or layer.on_shortcut


def _bytes_inside(layer: Layer) -> int:
    """Bytes that are alive only while a layer runs, beside its output."""
    if layer.kind is not Kind.BLUR:
        return 0
    padded, averaged = blur_bytes(layer)
    return max(padded + averaged - layer.activation_bytes, averaged)


def _within(layer: Layer) -> str:
    return f"inside {layer.name}"


def _values(shape: Shape) -> int:
    channels, height, width = shape
    return channels * height * width
