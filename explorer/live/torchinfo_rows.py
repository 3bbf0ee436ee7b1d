"""The layers of a live network as torchinfo sees them run, copied out as plain data."""

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
import torchinfo
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torchinfo.layer_info import LayerInfo

from explorer.live.module_kinds import KINDS
from explorer.live.module_mode import in_mode
from explorer.network.layer import Kind, Shape

# torchinfo keeps the forward pass in a global: one call at a time.
_TORCHINFO = threading.Lock()


class LiveRow(NamedTuple):
    """One layer as it ran. Shapes are (C, H, W) of one image; of an add, the branch's.

    ``mult_adds`` is torchinfo's count for one image: it counts a convolution's bias at every output position, a
    linear layer's bias once and a norm as its 2C parameters. ``macs`` is the same in this app's convention, He et
    al.'s: the multiplications with weights of convolutions and the classifier, nothing else.
    """

    name: str
    class_name: str
    input_shape: Shape
    output_shape: Shape
    params: int
    mult_adds: int
    macs: int


class TensorMemory(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of the tensors that the operations under it allocate, and the most there were at one time.

    The count is exact and the same on every device, but does not include what an operation allocates and frees within
    itself. ``on_operation`` is called before each operation.
    """

    def __init__(self, on_operation: Callable[[], None] = lambda: None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.on_operation = on_operation
        self.peak_bytes = 0
        self._now = 0
        self._alive: dict[int, int] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: torch would import its whole compiler, 2.4 s, to guard against a compilation that never happens."""
        return False

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.on_operation()
        kwargs = kwargs or {}
        given = {storage._cdata for storage in _storages((*args, *kwargs.values()))}
        out = func(*args, **kwargs)
        for storage in _storages((out,)):
            if storage._cdata not in given:  # a view takes nothing
                self._count(storage)
        return out

    def _count(self, storage: torch.UntypedStorage) -> None:
        if storage._cdata in self._alive:
            return
        self._alive[storage._cdata] = storage.nbytes()
        self._now += storage.nbytes()
        self.peak_bytes = max(self.peak_bytes, self._now)
        weakref.finalize(storage, self._forget, storage._cdata).atexit = False

    def _forget(self, key: int) -> None:
        self._now -= self._alive.pop(key)


def _storages(found: Iterable[object]) -> Iterator[torch.UntypedStorage]:
    """The storages of the tensors in an operation's arguments or results, in lists and tuples, too."""
    for each in found:
        if isinstance(each, Tensor):
            yield each.untyped_storage()
        elif isinstance(each, list | tuple):
            yield from _storages(each)


def read_rows(net: nn.Module, images: Tensor, watch: TensorMemory | None = None) -> tuple[LiveRow, ...]:
    """Run ``images`` (N, C, H, W) through ``net`` in evaluation mode; one row for each layer, in order of execution.

    The network's modes and hooks and torchinfo's cache are restored; no random numbers are drawn.

    Raises:
        RuntimeError: whatever the forward pass raises, itself and not torchinfo's wrapping of it.
    """
    try:
        with _TORCHINFO, in_mode(net, training=False), torch.inference_mode(), watch or nullcontext():
            return _read(net, images)
    except RuntimeError as error:
        raise _unwrapped(error) from None


def _unwrapped(error: RuntimeError) -> BaseException:
    """The error behind torchinfo's, without the reference cycle that would keep the failed pass's tensors alive."""
    cause = error.__cause__
    if cause is None:
        return error
    error.__cause__ = error.__context__ = None
    return cause


def _read(net: nn.Module, images: Tensor) -> tuple[LiveRow, ...]:
    try:
        statistics = torchinfo.summary(net, input_data=images, mode="eval", device=images.device, verbose=0)
        # torchinfo knows a module by its attribute; its dotted name is the network's to say.
        names = {id(module): name for name, module in net.named_modules()}
        leaves = [info for info in statistics.summary_list if info.is_leaf_layer]
        return tuple(_row(names[info.layer_id], info) for info in leaves)
    finally:
        torchinfo.torchinfo.clear_cached_forward_pass()  # it would keep the network, and its weights, alive


def _row(name: str, info: LayerInfo) -> LiveRow:
    batch, out = info.output_size[0], _shape(info.output_size)
    mult_adds = info.macs // batch
    match KINDS.get(info.class_name):
        case Kind.CONV | Kind.LINEAR:
            biases = sum(value.numel() for name, value in info.module.named_parameters() if name == "bias")
            macs = mult_adds - biases * out[1] * out[2]
        case _:
            macs = 0
    return LiveRow(name, info.class_name, _shape(info.input_size), out, info.num_params, mult_adds, macs)


def _shape(size: list[int]) -> Shape:
    """(N, C, H, W) or (N, C) -> (C, H, W)."""
    _, channels, height, width = (*size, 1, 1)[:4]
    return channels, height, width
