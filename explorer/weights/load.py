"""Trained weights in our own networks: the embedded ones, torchvision's, and those that a reader sent.

torchvision's are loaded through its own weights API, with its check of the hash, into torch's usual cache folder or the
one that ``FOLDER`` names, and never unpickled: only tensors are read (``weights_only``). What cannot be had is said in
words that name no place on the server: readers see them.
"""

import errno
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from urllib.error import HTTPError, URLError

import torch
from safetensors.torch import load as load_bytes
from safetensors.torch import load_file
from torch import Tensor, hub

from explorer.live.progress import Progress, no_progress
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build
from explorer.text.errors import Refusal
from explorer.text.quantities import size
from explorer.weights.catalogue import SHIPPED, WeightSet, enum_of, weight_set
from explorer.weights.familiarity import Familiarity
from explorer.weights.uploaded import Own

__all__ = [
    "BRING",
    "FOLDER",
    "KEPT",
    "WeightsError",
    "familiarity",
    "fetch",
    "file_of",
    "folder",
    "is_cached",
    "load_network",
    "trained",
    "uploaded_network",
    "with_weights",
]

FOLDER = "RESNET_EXPLORER_WEIGHTS"  # an environment variable
BRING = "resnet-explorer weights"
KEPT = 3  # networks that stay in memory: ResNet-152's weights are 230 MiB
_LEAST_STEP = 0.01  # of a download, between two reports


class WeightsError(Refusal):
    """Why a set of weights cannot be had, and what can be done."""


def file_of(weights: WeightSet) -> Path:
    """The file that the set is read from, whether it is there or not."""
    return SHIPPED / weights.file if weights.embedded else folder() / weights.file


def folder() -> Path:
    """Where torchvision's weights are kept: the folder that the environment names, else torch's own."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else Path(hub.get_dir()) / "checkpoints"


def is_cached(weights: WeightSet) -> bool:
    """Whether the set is on this machine."""
    return not weights.trained or file_of(weights).is_file()


def load_network(key: str, device: str = "cpu", progress: Progress | None = None) -> ResNet:
    """A network with the set's weights on ``device``, frozen and in evaluation mode; downloaded first if it has to be.

    Raises:
        Refusal: no such set. WeightsError: it is not here and cannot be had, or its file is damaged.
    """
    weights = weight_set(key)
    if weights.seed is not None:
        return build(weights.config, device, weights.seed).requires_grad_(False).eval()
    fetch(key, progress)
    try:
        state = load_file(file_of(weights)) if weights.embedded else _read(weights)
        return with_weights(weights.config, state, device)
    except (OSError, RuntimeError, EOFError, ValueError, UnpicklingError) as error:
        raise WeightsError(
            f"The file {weights.file} on this server does not hold the weights of {weights.title}: whoever runs the "
            "server should delete it, and they are downloaded again."
        ) from error


@cache
def familiarity(key: str) -> Familiarity | None:
    """What is known of the pictures that the set learned from; None where nothing was measured.

    Raises:
        Refusal: no such set.
    """
    file = weight_set(key).familiar
    return Familiarity.read(SHIPPED / file) if file else None


def uploaded_network(data: bytes, what: Own, device: str = "cpu") -> ResNet:
    """The network of a file that a reader sent (see ``uploaded.read_own``). It belongs to one session and is not kept.

    Raises:
        WeightsError: the file holds anything but finite numbers.
    """
    found = load_bytes(data)
    state = {name: found[original].to(torch.float32) for name, original in what.names}
    wrong = [name for name, value in state.items() if not bool(value.isfinite().all())]
    if wrong:
        raise WeightsError(
            f"{wrong[0]} and {len(wrong) - 1:,} other tensors hold infinite values or no numbers: train again, or send "
            "an earlier checkpoint."
        )
    with torch.device("meta"):
        counts = {name for name in ResNet(what.config).state_dict() if name.endswith(".num_batches_tracked")}
    return with_weights(what.config, {**state, **{name: torch.tensor(0) for name in counts}}, device)


def with_weights(config: ResNetConfig, state: Mapping[str, Tensor], device: str = "cpu") -> ResNet:
    """The network of a configuration with these weights, all of them and no others: frozen, in evaluation mode.

    Raises:
        RuntimeError: names or shapes differ.
    """
    with torch.device("meta"):
        net = ResNet(config)
    net.load_state_dict({name: value.to(device) for name, value in state.items()}, strict=True, assign=True)
    return net.requires_grad_(False).eval()


# The networks in use, the last used last. One for each set and device, shared by all: nothing changes one
# (explorer.cam.maps), and whoever has one keeps it alive.
_TRAINED: OrderedDict[tuple[str, str], ResNet] = OrderedDict()
_LOCK = threading.Lock()
_LOADING: dict[str, threading.Lock] = {}


def trained(key: str, device: str = "cpu", progress: Progress | None = None) -> ResNet:
    """``load_network``, with the last ``KEPT`` networks remembered; threads that ask for the same one load it once.

    Raises:
        Refusal, WeightsError: as ``load_network``.
    """
    with _LOCK:
        loading = _LOADING.setdefault(weight_set(key).key, threading.Lock())
    with loading:
        with _LOCK:
            if (key, device) in _TRAINED:
                _TRAINED.move_to_end((key, device))
                return _TRAINED[key, device]
        net = load_network(key, device, progress)
        with _LOCK:
            _TRAINED[key, device] = net
            while len(_TRAINED) > KEPT:
                _TRAINED.popitem(last=False)
        return net


_DOWNLOADING = threading.Lock()  # one at a time: torch's progress bar is one for the process


def fetch(key: str, progress: Progress | None = None) -> None:
    """Download the set if it is not on this machine. ``progress`` may raise to stop; the incomplete file is removed.

    Raises:
        Refusal: no such set. WeightsError: it cannot be had; the message says why, and what to do.
    """
    weights = weight_set(key)
    if is_cached(weights):
        return
    if weights.embedded:
        raise WeightsError(f"The file {weights.file} that belongs to this app is missing: install the app again.")
    bar = _Bar(progress or no_progress, weights)
    with _DOWNLOADING, bar.in_place_of_torchs():
        if is_cached(weights):  # somebody else has just brought it
            return
        try:
            _read(weights)
        except (OSError, EOFError, RuntimeError, HTTPException) as error:
            if bar.stopped:
                raise
            raise WeightsError(_why(error, weights, broken=bar.done < bar.total)) from error


def _read(weights: WeightSet) -> Mapping[str, Tensor]:
    state: Mapping[str, Tensor] = enum_of(weights.key).get_state_dict(
        progress=True, check_hash=True, weights_only=True, map_location="cpu", model_dir=str(folder())
    )
    return state


class _Bar:
    """What torch's downloader takes for its progress bar, and tells ``tell``."""

    def __init__(self, tell: Progress, weights: WeightSet) -> None:
        self.tell, self.total, self.done, self.told = tell, weights.size, 0, 0.0
        self.stopped = False  # by whoever is told
        self.words = f"downloading {weights.title}, {size(weights.size)}"

    @contextmanager
    def in_place_of_torchs(self) -> Iterator[None]:
        """torch's downloads report here, as long as this lasts."""
        self.tell(0.0, self.words)
        torchs = hub.__dict__["tqdm"]
        hub.__dict__["tqdm"] = self._opened
        try:
            yield
        finally:
            hub.__dict__["tqdm"] = torchs

    def _opened(self, total: int | None = None, **_: object) -> "_Bar":
        self.total = total or self.total
        return self

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def update(self, count: int) -> None:
        """So many bytes more have come."""
        self.done += count
        fraction = min(self.done / self.total, 1.0)
        if fraction >= min(self.told + _LEAST_STEP, 1.0):
            self.told, self.stopped = fraction, True
            self.tell(fraction, f"{self.words}: {size(self.done)}")
            self.stopped = False


def _why(error: Exception, weights: WeightSet, *, broken: bool) -> str:
    """What went wrong with a download, and what can be done; ``broken`` where bytes are missing."""
    name = weights.title
    by_hand = f"Whoever runs this server can bring them beforehand: {BRING} {weights.key}."
    elsewhere = f"{FOLDER} may name another folder"
    number = getattr(error, "errno", None)
    if isinstance(error, HTTPError):
        error.close()
        return f"The server of the weights does not give those of {name}: it answered {error.code}. {by_hand}"
    if isinstance(error, URLError):
        return (
            f"The weights of {name} are not downloaded, and the network is not reachable. The embedded network and all "
            f"weights that are here work without it. {by_hand}"
        )
    if number in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no room for the {size(weights.size)} of {name} on this server: free some, or {elsewhere}."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return f"This server cannot write to its folder of weights: make it writable, or {elsewhere}."
    if broken or not isinstance(error, RuntimeError):
        return (
            f"The connection broke while the weights of {name} were downloaded, and nothing of them was kept: try "
            f"again. {by_hand}"
        )
    return (
        f"What came for {name} is not what torchvision published (its hash differs), so it was thrown away: try again. "
        f"{by_hand}"
    )
