"""Trained weights: torchvision's own way of loading them, against a server of this test's; and what can go wrong."""

import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import hub
from torchvision.models import resnet18

from explorer.jobs.job import JobCancelled
from explorer.text.errors import Refusal
from explorer.weights.catalogue import EMBEDDED, UNTRAINED, embedded, weight_set
from explorer.weights.load import (
    FOLDER,
    KEPT,
    WeightsError,
    fetch,
    file_of,
    is_cached,
    load_network,
    trained,
    with_weights,
)
from tests.weights.shop import KEY, Shop, point_to

pytestmark = pytest.mark.usefixtures("home")


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


def test_a_folder_of_ones_own(here: Shop, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "mine"))
    assert not is_cached(weight_set(KEY))
    fetch(KEY)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [weight_set(KEY).file] and nothing_left(home)
    load_network(KEY)


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
    with pytest.raises(WeightsError, match=r"it answered 404.*resnet-explorer weights resnet18-v1"):
        fetch(KEY)
    assert nothing_left(home)


def test_offline(saved: bytes, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    point_to(monkeypatch, saved, port)
    with pytest.raises(WeightsError, match="the network is not reachable") as caught:
        fetch(KEY)
    assert "embedded network" in str(caught.value) and "/" not in str(caught.value)
    assert nothing_left(home)


def test_a_full_disk(here: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torch.hub.download_url_to_file", full)
    with pytest.raises(WeightsError, match=r"There is no room for the 44\.7 MiB.*RESNET_EXPLORER_WEIGHTS"):
        fetch(KEY)
    assert nothing_left(home)


def test_a_folder_that_cannot_be_made(here: Shop, home: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="This server cannot write to its folder"):
        fetch(KEY)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_is_read_only(here: Shop, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("torch.hub.os.makedirs", refused)
    with pytest.raises(WeightsError, match="This server cannot write to its folder"):
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
    with pytest.raises(WeightsError, match="should delete it, and they are downloaded again"):
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
