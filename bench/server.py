"""A real Streamlit server of one's own: started on a free loopback port, ended by its own process id."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from explorer.ui.state.idle_stories import SWITCH

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
STOP_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running server. ``url`` has no trailing slash; ``log_path`` gets all that the server prints."""

    process: subprocess.Popen[bytes]
    port: int
    log_path: Path

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self.log_path.read_text(errors="replace")

    @property
    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return once it answers.

        Raises:
            RuntimeError: it ended, or did not answer in time; the message holds what it printed.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with status {self.process.returncode}:\n{self.log}")
            if self.is_healthy:
                return
            time.sleep(0.1)
        raise RuntimeError(f"The server did not answer within {seconds:g} s:\n{self.log}")

    def stop(self) -> None:
        """End it, politely first."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_SECONDS)


@contextmanager
def serve(
    script: Path = ROOT / "app.py", *options: str, environment: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Server]:
    """A server of ``script`` under the project's own settings, without telemetry, for as long as the block runs.
    ``environment`` is added to this process's own; ``port`` is a free one unless it is given. The server does no work
    of its own accord.

    Raises:
        RuntimeError: it did not start; the message holds what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="resnet-explorer-") as folder:
        log_path = Path(folder, "server.log")
        port = port or free_port()
        with log_path.open("wb") as log:
            command = [*_command(script, port), *options]
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, SWITCH: "off", **(environment or {})},
            )
        with answering(Server(process, port, log_path)) as server:
            yield server


@contextmanager
def answering(server: Server) -> Iterator[Server]:
    """The server once it answers, for as long as the block runs.

    Raises:
        RuntimeError: it did not start.
    """
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _command(script: Path, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        *("--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"),
        *("--server.fileWatcherType=none", "--browser.gatherUsageStats=false"),
    ]


def free_port() -> int:
    """Returns a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
