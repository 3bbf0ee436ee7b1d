"""Growth of a real server's memory while it looks at 64 photographs of 12 megapixels that a reader sent as one zip.

Half of the photographs are progressive JPEGs, which a decoder holds whole. Idle is the server after a visit to the
same page; what grows includes the zip itself. The largest reading of the server's resident memory counts.
"""

import io
import threading
import time
import zipfile
from collections.abc import Iterator

import psutil
from PIL import Image

from bench.client import Visitor
from bench.result import Result
from bench.server import serve
from bench.upload import send
from explorer.pictures.samples import sample_bytes

GOAL = 600.0
QUERY = "weights=fashion-resnet20&look=Several+pictures"
_SIZE = (4000, 3000)
_MEGABYTE = 1e6
_LOOKS_EVERY = 0.01  # seconds


def run(count: int = 64, size: tuple[int, int] = _SIZE) -> Iterator[Result]:
    """Send ``count`` photographs of ``size`` pixels and watch the server until the gallery is there."""
    data = photographs(count, size)
    with serve() as server, Visitor(server, "cam") as visitor:
        visitor.visit(QUERY)
        visitor.settle()
        process = psutil.Process(server.process.pid)
        idle, readings, over = _resident(process), [0.0], threading.Event()
        watch = threading.Thread(target=_watch, args=(process, readings, over))
        watch.start()
        start = time.perf_counter()
        visitor.hand_in("Your pictures, or a zip of them", send(server, visitor.session, "pictures.zip", data))
        visitor.settle()
        taken = time.perf_counter() - start
        over.set()
        watch.join()
        if f'"name":"{count - 1:02}.jpg"' not in visitor.component("gallery").bytes.decode():
            raise RuntimeError("The page settled without its gallery.")
        after = _resident(process)
    million = size[0] * size[1] / 1e6
    yield Result(
        name=f"memory while {count} photographs of {million:.0f} million pixels are looked at",
        measured=max(readings) - idle,
        goal=GOAL,
        unit="MB more",
        at_least=False,
        ours=f"a zip of {len(data) / _MEGABYTE:.0f} MB, {taken:.0f} s; {after - idle:.0f} MB more afterwards",
        theirs=f"the same server before, {idle:,.0f} MB",
    )


def photographs(count: int, size: tuple[int, int]) -> bytes:
    """A zip of ``count`` JPEGs, which are the sample photograph enlarged."""
    with Image.open(io.BytesIO(sample_bytes("china"))) as picture:
        large = picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    two = []
    for progressive in (False, True):
        made = io.BytesIO()
        large.save(made, "JPEG", quality=70, progressive=progressive)
        two.append(made.getvalue())
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            archive.writestr(f"{number:02}.jpg", two[number % 2])
    return data.getvalue()


def _watch(process: psutil.Process, readings: list[float], over: threading.Event) -> None:
    while not over.wait(_LOOKS_EVERY):
        readings[0] = max(readings[0], _resident(process))


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss / _MEGABYTE)
