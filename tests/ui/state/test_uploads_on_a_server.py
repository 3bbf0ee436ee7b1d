"""What stays of uploads on a real server: the bounds are in force where files arrive, whatever sends them."""

import re
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from safetensors.torch import save

from bench.client import Visitor
from bench.server import Server
from bench.upload import begun, send
from explorer.network.model import build
from explorer.network.presets import preset
from explorer.pictures.decode import MEGABYTE
from explorer.pictures.samples import sample_bytes
from explorer.ui.state.uploads import PART, PICTURE, WEIGHTS

pytestmark = pytest.mark.slow
PATIENCE_S = 60.0
FIELD = "or its weights (.safetensors)"


@pytest.fixture
def reader(server: Server) -> Iterator[Visitor]:
    """Somebody on the page that checks a network."""
    with Visitor(server, "ideas") as visitor:
        visitor.visit("lesson=check")
        visitor.settle()
        yield visitor
    until(lambda: held(server) == 0)  # before the next test


def held(server: Server) -> int:
    """The bytes of files that Streamlit says it keeps."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=PATIENCE_S) as answer:
        metrics = answer.read().decode()
    told = re.search(r'^cache_memory_bytes\{cache_type="UploadedFileManager".*\} (\d+)$', metrics, re.MULTILINE)
    return int(told[1]) if told else 0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)


def test_of_forty_files_that_one_session_sends_the_last_of_a_kind_stays(server: Server, reader: Visitor) -> None:
    data = bytes(MEGABYTE)
    for number in range(40):
        assert send(server, reader.session, f"{number}.png", data).status == 204
    assert held(server) == len(data)
    assert send(server, reader.session, "mine.safetensors", bytes(7)).status == 204
    assert held(server) == len(data) + 7


def test_weights_above_32_mb_are_read(server: Server, reader: Visitor) -> None:
    data = save(build(preset("resnet18")).state_dict())
    assert len(data) > PICTURE.most
    reader.hand_in(FIELD, send(server, reader.session, "mine.safetensors", data))
    reader.settle()  # the check is a job
    reader.rerun()
    assert any(each.page_link.label == "Open ResNet-18" for each in reader.shown.values()), reader.said()
    assert held(server) == len(data)  # once


def test_pictures_that_are_sent_together_are_kept_once_as_a_zip_however_often_they_are_named(server: Server) -> None:
    with Visitor(server, "cam") as visitor:
        visitor.visit("weights=fashion-resnet20&look=Several+pictures")
        visitor.settle()
        pictures = {key: sample_bytes(key) for key in ("bag-1", "bag-2", "shirt-2")}
        sent = [send(server, visitor.session, f"{key}.png", data, f"{PART}{key}") for key, data in pictures.items()]
        length = sum(map(len, pictures.values()))
        assert held(server) == length
        visitor.hand_in("Your pictures, or a zip of them", *sent)
        for _ in range(3):  # this visitor names them in each run
            visitor.settle()
            visitor.rerun()
        assert length < held(server) < length + 3 * 600
        assert visitor.counts()["download_button"] == 1  # the table of the gallery
    until(lambda: held(server) == 0)


def test_a_file_under_another_sessions_id_is_read_itself(server: Server, reader: Visitor) -> None:
    def opened(visitor: Visitor, net: str) -> list[str]:
        data = save(build(preset(net)).state_dict())
        visitor.hand_in(FIELD, send(server, visitor.session, "mine.safetensors", data, "known"))
        visitor.settle()
        visitor.rerun()
        labels = [each.page_link.label for each in visitor.shown.values()]
        return [label for label in labels if label.startswith("Open")]

    assert opened(reader, "resnet18") == ["Open ResNet-18"]
    with Visitor(server, "ideas") as other:
        other.visit("lesson=check")
        other.settle()
        assert opened(other, "resnet34") == ["Open ResNet-34"]


def test_a_file_that_is_too_large_for_its_kind_is_a_sentence_and_not_kept(server: Server, reader: Visitor) -> None:
    sent = send(server, reader.session, "mine.safetensors", bytes(WEIGHTS.most + 1))
    assert sent.status == 204
    for _ in range(2):  # until the reader sends another
        reader.hand_in(FIELD, sent)
        assert reader.said()[0].startswith("This file has 260.1 MB, and 260 MB is the most for a file of weights. Save")
        assert held(server) == 0
    reader.hand_in(FIELD, send(server, reader.session, "other.safetensors", b"{}"))
    assert not any("is the most" in each for each in reader.said())


def test_what_is_above_the_servers_own_limit_is_not_received(server: Server, reader: Visitor) -> None:
    with begun(server, reader.session, "mine.safetensors", 300 * MEGABYTE) as connection:
        assert connection.getresponse().status == 413


def test_several_large_files_at_once_from_one_session_are_a_sentence(server: Server, reader: Visitor) -> None:
    with begun(server, reader.session, "first.safetensors", 255 * MEGABYTE):
        until_arriving()
        refused = send(server, reader.session, "mine.safetensors", bytes(40 * MEGABYTE))
        assert refused.status == 204
        reader.hand_in(FIELD, refused)
        assert reader.said()[0].startswith("Several files are on their way from this page.")
        assert held(server) == 0


def test_a_file_for_which_all_sessions_leave_no_room_is_a_sentence(server: Server, reader: Visitor) -> None:
    with ExitStack() as others:
        for _ in range(4):
            other = others.enter_context(Visitor(server, "ideas"))
            other.visit("lesson=check")
            others.enter_context(begun(server, other.session, "theirs.safetensors", 245 * MEGABYTE))
        until_arriving()
        reader.hand_in(FIELD, send(server, reader.session, "mine.safetensors", bytes(30 * MEGABYTE)))
        assert reader.said()[0].startswith("The server has no room for this file\\: those of all its readers together")
        assert held(server) == 0

    def arrives() -> bool:
        send(server, reader.session, "mine.safetensors", bytes(30 * MEGABYTE))
        return held(server) == 30 * MEGABYTE

    until(arrives)


def until_arriving() -> None:
    """Give the server time to take note of a request that has only begun."""
    time.sleep(0.5)


def test_a_closed_session_takes_its_files_along(server: Server) -> None:
    with Visitor(server, "ideas") as visitor:
        visitor.visit("lesson=check")
        send(server, visitor.session, "mine.safetensors", bytes(50 * MEGABYTE))
        assert held(server) == 50 * MEGABYTE
    until(lambda: held(server) == 0)  # no other session comes or goes
    assert send(server, visitor.session, "late.safetensors", bytes(MEGABYTE)).status == 400
    assert held(server) == 0


def test_a_file_that_its_reader_drops_is_not_kept(server: Server, reader: Visitor) -> None:
    reader.hand_in(FIELD, send(server, reader.session, "mine.safetensors", bytes(MEGABYTE)))
    assert held(server) == MEGABYTE
    reader.hand_in(FIELD)
    assert held(server) == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which deleted files are open")
def test_a_file_is_not_on_disk_while_it_arrives(server: Server, reader: Visitor) -> None:
    def opened() -> set[str]:
        folder = Path(f"/proc/{server.process.pid}/fd")
        places = {str(each.readlink()) for each in folder.iterdir() if each.is_symlink()}
        return {place for place in places if place.startswith(tempfile.gettempdir()) and place != str(server.log_path)}

    before = opened()
    with begun(server, reader.session, "mine.safetensors", 100 * MEGABYTE) as connection:
        connection.send(bytes(90 * MEGABYTE))
        until_arriving()
        assert opened() == before


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells a process's highest memory")
def test_a_large_file_is_in_memory_once_on_its_way_to_a_page(server: Server, reader: Visitor) -> None:
    """No thread of a process runs while another copies 200 MB in one go."""
    figures = Path(f"/proc/{server.process.pid}")

    def bytes_of(name: str) -> int:
        (line,) = [line for line in (figures / "status").read_text().splitlines() if line.startswith(f"{name}:")]
        return 1024 * int(line.split()[1])

    def grows(act: Callable[[], object]) -> int:
        (figures / "clear_refs").write_text("5")  # sets the peak back to what is in use (proc(5))
        before = bytes_of("VmRSS")
        act()
        return bytes_of("VmHWM") - before

    data, sent = bytes(200 * MEGABYTE), []
    arriving = grows(lambda: sent.append(send(server, reader.session, "mine.safetensors", data)))
    handed_in = grows(lambda: reader.hand_in(FIELD, *sent))
    assert 0.9 * len(data) < arriving < 1.5 * len(data)  # the rest of the process may shrink meanwhile
    assert handed_in < 0.5 * len(data)
