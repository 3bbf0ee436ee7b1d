"""Reruns of one reader's Architecture page while another sends the worst that is allowed, against the same in peace.

A real server for each disturbance, two visitors without a browser, loopback only. The second visitor sends without a
pause, each time something that no cache knows. A disturbance that holds the server for longer than ``PATIENCE`` ends
its measurement: the rerun that waited counts as that long.
"""

import io
import json
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from bench.client import Visitor
from bench.result import Result, percentile
from bench.server import Server, serve
from bench.upload import send
from explorer.check import MAX_TEXT
from explorer.pictures.decode import LONGEST, read_picture
from explorer.text.errors import Refusal
from explorer.ui.cam.choices import NETWORK, OWN_PICTURE, OWN_WEIGHTS, SAMPLE
from explorer.ui.training.choices import SEED
from explorer.ui.training.race import START
from explorer.weights.safetensors_header import MAX_BYTES, MAX_HEADER, MAX_TENSORS

GOAL_S = 0.5
PATIENCE = 30.0
SECONDS = 15.0  # of one disturbance
PAUSE = 0.05  # between two reruns
TEXT, WEIGHTS, PICTURE = "The text of your network", "or its weights (.safetensors)", "Your picture"

Send = Callable[[Visitor, int], object]  # sends one thing; the number is another each time


@dataclass(frozen=True)
class Disturbance:
    """What is sent, in words; the page it is sent to, opened with ``query``; and all that is sent, made when needed."""

    what: str
    page: str
    query: str
    sends: Callable[[], list[Send]]


def run(seconds: float = SECONDS, only: Sequence[Disturbance] = ()) -> Iterator[Result]:
    """Measure each disturbance, or ``only`` these, for ``seconds``."""
    for disturbance in only or DISTURBANCES:
        with serve() as server:
            yield _result(server, disturbance, seconds)


def _result(server: Server, disturbance: Disturbance, seconds: float) -> Result:
    sends = disturbance.sends()
    with Visitor(server, "architecture", PATIENCE) as page, Visitor(server, disturbance.page) as other:
        page.visit()
        page.settle()
        other.visit(disturbance.query)
        other.settle()
        peace = _reruns(page, seconds / 3)
        disturber = Disturber(other, sends)
        disturber.start()
        disturbed = _reruns(page, seconds)
        disturber.over.set()
    return Result(
        name=f"a rerun of the Architecture page while another session sends {disturbance.what}, 95th percentile",
        measured=percentile(disturbed),
        goal=GOAL_S,
        unit="s",
        at_least=False,
        ours=f"{_words(disturbed)}, {disturber.sent} sent",
        theirs=f"the same in peace, {_words(peace)}",
    )


def _words(figures: Sequence[float]) -> str:
    return f"{percentile(figures):.3f} s, at most {max(figures):.3f} s of {len(figures)} reruns"


class Disturber(threading.Thread):
    """Sends one thing after the other until ``over``; ``sent`` is how many the server has answered."""

    def __init__(self, other: Visitor, sends: Sequence[Send]) -> None:
        super().__init__(daemon=True)
        self.over, self.sent = threading.Event(), 0
        self._other, self._sends = other, sends

    def run(self) -> None:
        """See the class."""
        try:
            while not self.over.is_set():
                self._sends[self.sent % len(self._sends)](self._other, self.sent)
                self.sent += 1
        except Exception as error:  # the connection goes when the measurement is over
            if not self.over.is_set():
                print(f"What was sent ended the other session: {error!r}", file=sys.stderr)


def _reruns(page: Visitor, seconds: float) -> list[float]:
    """Seconds of one rerun after the other; one that does not end within ``PATIENCE`` is the last."""
    took: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until or not took:
        try:
            took.append(page.rerun())
        except TimeoutError:
            return [*took, PATIENCE]
        time.sleep(PAUSE)
    return took


def texts() -> list[Send]:
    """Texts as long as a text may be, each of one kind of repetition."""
    units = (
        "\n",
        " ",
        "\t\n",
        ".",
        "(",
        "a.",
        "  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2))\n",
        "├─Conv2d: 1-1          [1, 64, 112, 112]         9,408\n",
        "            Conv2d-1         [-1, 64, 112, 112]           9,408\n",
    )
    return [_pasted(f"x{number}" + unit * (MAX_TEXT // len(unit))) for number, unit in enumerate(units)]


def _pasted(text: str) -> Send:
    return lambda other, number: other.paste(TEXT, f"{number} {text}"[:MAX_TEXT])


def headers() -> list[Send]:
    """Files of weights whose header is as large as one may be: many tensors, and one with a long name."""
    entry = {"dtype": "F32", "shape": [1]}
    many = {f"layer1.{i}.weight": entry | {"data_offsets": [4 * i, 4 * i + 4]} for i in range(MAX_TENSORS)}
    long = {"a" + "." * (MAX_HEADER - 200): entry | {"data_offsets": [0, 4]}}
    return [_weights(WEIGHTS, _safetensors(tensors)) for tensors in (many, long)]


def own_weights() -> list[Send]:
    """The largest file that may be sent, for Grad-CAM to look with: small tensors enough, and a large one."""
    rest = MAX_BYTES - MAX_HEADER - 4 * MAX_TENSORS
    sizes = [1] * (MAX_TENSORS - 1) + [rest // 4]
    ends = [4 * end for end in accumulate(sizes)]
    tensors = {
        f"layer1.{i}.weight": {"dtype": "F32", "shape": [size], "data_offsets": [end - 4 * size, end]}
        for i, (size, end) in enumerate(zip(sizes, ends, strict=True))
    }
    return [_weights("Your weights (.safetensors)", _safetensors(tensors))]


def _weights(field: str, data: bytes) -> Send:
    """The same file again and again, with another number at its end, written in place: a copy of 260 MB would hold up
    the clock of the reader who is measured, too."""
    changing = bytearray(data)

    def another(_: object, number: int) -> bytearray:
        changing[-4:] = number.to_bytes(4, "little")
        return changing

    return _handed_in(field, "w.safetensors", b"", another)


def _safetensors(tensors: Mapping[str, Mapping[str, Any]]) -> bytes:
    head = json.dumps(tensors).encode()
    return len(head).to_bytes(8, "little") + head + bytes(max(tensor["data_offsets"][1] for tensor in tensors.values()))


def pictures() -> list[Send]:
    """The smallest file of the widest picture, and the largest one that is read."""
    largest = next(filter(_is_read, (_png(side, side) for side in range(8000, 1000, -500))))
    return [_handed_in(PICTURE, "p.png", data, _commented) for data in (_png(LONGEST, 1), largest)]


def _png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "PNG")
    return file.getvalue()


def _commented(data: bytes, number: int) -> bytes:
    """A PNG with a comment before its last chunk, so that it is another file (PNG, sections 5.3 and 11.3.4.3)."""
    comment = b"tEXtnumber\0" + str(number).encode()
    chunk = (len(comment) - 4).to_bytes(4, "big") + comment + zlib.crc32(comment).to_bytes(4, "big")
    return data[:-12] + chunk + data[-12:]


def _is_read(data: bytes) -> bool:
    try:
        read_picture(data)
    except Refusal:
        return False
    return True


def _handed_in(field: str, name: str, data: bytes, another: Callable[[bytes, int], bytes | bytearray]) -> Send:
    return lambda other, number: other.hand_in(field, send(other.server, other.session, name, another(data, number)))


def files() -> list[Send]:
    """Files of 31 MB, one after the other, of which no page knows."""
    data = bytes(31_000_000)
    return [lambda other, _: send(other.server, other.session, "p.png", data)]


def links() -> list[Send]:
    """Links of a megabyte."""
    kinds = (("net", "~a-1"), ("net", "http://"), ("at", "layer1."), ("at", "9"), ("search", "("))
    return [_linked(name, unit * (10**6 // len(unit))) for name, unit in kinds]


def _linked(name: str, value: str) -> Send:
    return lambda other, number: other.visit(urlencode({name: f"{number}{value}"}))


def races() -> list[Send]:
    """Races of four networks on the digits, each watched to its end, from another seed each time."""
    return [_raced]


def _raced(other: Visitor, number: int) -> None:
    other.visit(urlencode({SEED.key: number}))
    other.press(START)
    other.settle()


DISTURBANCES = (
    Disturbance("one race after the other", "training", "", races),
    Disturbance("the longest texts to check", "ideas", "lesson=check", texts),
    Disturbance("the largest headers of weights", "ideas", "lesson=check", headers),
    Disturbance("the largest files of weights", "cam", urlencode({NETWORK.key: OWN_WEIGHTS}), own_weights),
    Disturbance("the costliest pictures", "cam", urlencode({SAMPLE.key: OWN_PICTURE}), pictures),
    Disturbance("31-MB files without a page", "ideas", "lesson=check", files),
    Disturbance("links of 1 MB", "architecture", "", links),
)
