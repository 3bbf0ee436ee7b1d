"""Trained weights: torchvision's own way of loading them, against a server of this test's; and what can go wrong."""

import errno
import hashlib
import io
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import hub
from torchvision.models import ResNet18_Weights, resnet18

from explorer.jobs.job import JobCancelled
from explorer.text.errors import Refusal
from explorer.weights import catalogue as sets
from explorer.weights.catalogue import EMBEDDED, UNTRAINED, embedded, weight_set
from explorer.weights.load import KEPT, WeightsError, fetch, file_of, is_cached, load_network, trained, with_weights

KEY = "resnet18-v1"


@dataclass(eq=False)
class Shop:
    """A server that gives the same bytes to whoever asks; ``sends`` fewer than it promises where that is set."""

    data: bytes
    sends: int | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.asked.append(self.path)
                self.send_response(shop.status)
                self.send_header("Content-Length", str(len(shop.data)))
                self.end_headers()
                if shop.status == 200:
                    self.wfile.write(shop.data[: shop.sends])

            def log_message(self, *args: object) -> None:
                """Nothing."""

        return Handler


@pytest.fixture(scope="session")
def theirs() -> dict[str, torch.Tensor]:
    """Weights as torchvision's network has them."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        return resnet18().state_dict()


@pytest.fixture(scope="session")
def saved(theirs: dict[str, torch.Tensor]) -> bytes:
    data = io.BytesIO()
    torch.save(theirs, data)
    return data.getvalue()


@pytest.fixture
def shop(saved: bytes) -> Iterator[tuple[Shop, int]]:
    """The server and its port."""
    open_shop = Shop(saved)
    server = ThreadingHTTPServer(("127.0.0.1", 0), open_shop.handler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield open_shop, server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch's, and no network in memory."""
    monkeypatch.setattr("torch.hub._hub_dir", str(tmp_path / "hub"))
    monkeypatch.setattr("explorer.weights.load._TRAINED", OrderedDict())
    return tmp_path / "hub" / "checkpoints"


def point_to(monkeypatch: pytest.MonkeyPatch, saved: bytes, port: int, digest: str = "") -> None:
    """torchvision's ResNet-18 comes from this port of this machine from now on."""
    name = f"resnet18-{digest or hashlib.sha256(saved).hexdigest()[:8]}.pth"
    url = f"http://127.0.0.1:{port}/{name}"
    monkeypatch.setattr(ResNet18_Weights.IMAGENET1K_V1.value, "url", url)
    known = replace(weight_set(KEY), url=url, file=name, size=len(saved))
    others = tuple(known if each.key == KEY else each for each in sets._of_torchvision())
    monkeypatch.setattr("explorer.weights.catalogue._of_torchvision", lambda: others)


@pytest.fixture
def here(shop: tuple[Shop, int], saved: bytes, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The server, to which torchvision's own address leads."""
    point_to(monkeypatch, saved, shop[1])
    return shop[0]


def nothing_left(home: Path) -> bool:
    return not home.exists() or not any(home.iterdir())


def test_downloaded_weights_compute_what_torchvisions_network_does(
    here: Shop, theirs: dict[str, torch.Tensor], home: Path
) -> None:
    told: list[tuple[float, str]] = []
    net = load_network(KEY, progress=lambda fraction, message: told.append((fraction, message)))
    peer = resnet18()
    peer.load_state_dict(theirs)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(net(images), peer.eval()(images), atol=1e-5)
    assert not net.training and not any(each.requires_grad for each in net.parameters())
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == 1
    assert len(told) > 10 and "44.7 MiB" in told[-1][1]
    assert [path.name for path in home.iterdir()] == [weight_set(KEY).file]


def test_what_is_here_is_not_asked_for_again(here: Shop) -> None:
    assert not is_cached(weight_set(KEY))
    fetch(KEY)
    assert is_cached(weight_set(KEY)) and len(here.asked) == 1
    fetch(KEY)
    load_network(KEY)
    assert len(here.asked) == 1


def test_a_wrong_hash_is_thrown_away(
    shop: tuple[Shop, int], saved: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_to(monkeypatch, saved, shop[1], digest="deadbeef")
    with pytest.raises(WeightsError, match="its hash differs"):
        fetch(KEY)
    assert nothing_left(home)


def test_a_broken_connection(here: Shop, home: Path) -> None:
    here.sends = 1_000_000
    with pytest.raises(WeightsError, match="The connection broke"):
        fetch(KEY)
    assert nothing_left(home)
    here.sends = None
    fetch(KEY)
    assert is_cached(weight_set(KEY))


def test_a_server_that_does_not_have_them(here: Shop, home: Path) -> None:
    here.status = 404
    with pytest.raises(WeightsError, match=r"it answered 404.*put the file from http"):
        fetch(KEY)
    assert nothing_left(home)


def test_offline(saved: bytes, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    point_to(monkeypatch, saved, port)
    with pytest.raises(WeightsError, match="the network is not reachable") as caught:
        fetch(KEY)
    assert str(file_of(weight_set(KEY))) in str(caught.value) and "embedded network" in str(caught.value)
    assert nothing_left(home)


def test_a_full_disk(here: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torch.hub.download_url_to_file", full)
    with pytest.raises(WeightsError, match=r"There is no room for the 44\.7 MiB.*TORCH_HOME"):
        fetch(KEY)
    assert nothing_left(home)


def test_a_folder_that_cannot_be_made(here: Shop, home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="cannot be written to"):
        fetch(KEY)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_is_read_only(here: Shop, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("torch.hub.os.makedirs", refused)
    with pytest.raises(WeightsError, match="cannot be written to"):
        fetch(KEY)


def test_a_download_is_cancelled_in_the_middle(here: Shop, home: Path) -> None:
    def stops(fraction: float, message: str) -> None:
        if fraction > 0.3:
            raise JobCancelled("nobody waits")

    torchs = hub.__dict__["tqdm"]
    with pytest.raises(JobCancelled):
        fetch(KEY, stops)
    assert nothing_left(home) and hub.__dict__["tqdm"] is torchs
    fetch(KEY)
    assert is_cached(weight_set(KEY)) and hub.__dict__["tqdm"] is torchs


def test_eight_at_once_download_once(here: Shop) -> None:
    with ThreadPoolExecutor(8) as people:
        nets = list(people.map(lambda _: trained(KEY), range(8)))
    assert len(here.asked) == 1
    assert all(net is nets[0] for net in nets)


def test_a_damaged_file_is_said(here: Shop) -> None:
    file_of(weight_set(KEY)).parent.mkdir(parents=True)
    file_of(weight_set(KEY)).write_bytes(b"PK\x03\x04 not weights")
    with pytest.raises(WeightsError, match="delete it, and they are downloaded again"):
        load_network(KEY)


class Bomb:
    """Unpickling it would fail the test."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("something was unpickled",))


def test_nothing_but_tensors_is_ever_read(here: Shop) -> None:
    file_of(weight_set(KEY)).parent.mkdir(parents=True)
    torch.save(Bomb(), file_of(weight_set(KEY)))
    with pytest.raises(WeightsError, match="does not hold the weights"):
        load_network(KEY)


def test_only_the_last_few_networks_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    first = trained(EMBEDDED)
    assert trained(EMBEDDED) is first
    monkeypatch.setattr(
        "explorer.weights.load.load_network", lambda key, device, progress: with_weights(embedded().config, STATE)
    )
    for number in range(KEPT):
        trained(EMBEDDED, f"cpu:{number}")
    assert trained(EMBEDDED) is not first


STATE = load_network(UNTRAINED).state_dict()


def test_unknown_weights_are_refused() -> None:
    with pytest.raises(Refusal, match=r"'vgg16': choose one of fashion-resnet20"):
        load_network("vgg16")


def test_the_embedded_ones_need_no_network() -> None:
    net = load_network(EMBEDDED)
    assert sum(each.numel() for each in net.parameters()) == 269_434
    assert not torch.equal(net.fc.weight, load_network(UNTRAINED).fc.weight)
