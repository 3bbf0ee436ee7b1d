"""A server of the tests' own that stands for torchvision's: it gives the weights of a network of theirs."""

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from torchvision.models import ResNet18_Weights, resnet18

from explorer.weights import catalogue as sets
from explorer.weights.catalogue import weight_set

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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch's, and no network in memory."""
    monkeypatch.setattr("torch.hub._hub_dir", str(tmp_path / "hub"))
    monkeypatch.setattr("explorer.weights.load._TRAINED", OrderedDict())
    return tmp_path / "hub" / "checkpoints"


def name_for(saved: bytes, digest: str = "") -> str:
    """What torchvision calls a file of these bytes: it looks whether their digest begins so."""
    return f"resnet18-{digest or hashlib.sha256(saved).hexdigest()[:8]}.pth"


def point_to(monkeypatch: pytest.MonkeyPatch, saved: bytes, port: int, digest: str = "") -> None:
    """torchvision's ResNet-18 comes from this port of this machine from now on."""
    name = name_for(saved, digest)
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
