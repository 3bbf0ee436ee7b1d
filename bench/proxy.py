"""Replicas of the app behind a real nginx under the configuration that ``deploy/`` ships, all on this computer."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.server import ROOT, Server, answering, free_port, serve
from explorer.ui.serving.replica import NAME

NAMES = ("app-1", "app-2")  # as deploy/nginx.conf has them
_CONFIGURATION = ROOT / "deploy" / "nginx.conf"
_ALL = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for all", "STREAMLIT_LOGGER_ENABLE_RICH": "false"}


def nginx() -> str | None:
    """Returns the path of nginx where it is installed; Debian has it where an ordinary user does not look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass
class Replicas:
    """The proxy, and the servers behind it by their names, each with its ``environments`` on top of this process's;
    ``every`` has those that are gone, too."""

    environments: Mapping[str, Mapping[str, str]]
    servers: dict[str, Server] = field(default_factory=dict)
    every: list[Server] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)
    proxy: Server = field(init=False)

    def start(self, name: str) -> None:
        """Start a server, at the port of the one before of this name."""
        before = self.servers.get(name)
        environment = {NAME: name, **_ALL, **self.environments[name]}
        server = serve(environment=environment, port=before.port if before else 0)
        self.servers[name] = self.stack.enter_context(server)
        self.every.append(self.servers[name])


@contextmanager
def behind_proxy(environments: Sequence[Mapping[str, str]] = ({}, {})) -> Iterator[Replicas]:
    """Two replicas and their proxy.

    Raises:
        RuntimeError: one of them did not start, or there is no nginx.
    """
    replicas = Replicas(dict(zip(NAMES, environments, strict=True)))
    with replicas.stack as stack:
        for name in NAMES:
            replicas.start(name)
        replicas.proxy = stack.enter_context(proxy_of({name: server.port for name, server in replicas.servers.items()}))
        yield replicas


@contextmanager
def proxy_of(ports: Mapping[str, int]) -> Iterator[Server]:
    """The proxy before servers with these names at these ports of this computer.

    Raises:
        RuntimeError: it did not start, or there is no nginx.
    """
    program = nginx()
    if program is None:
        raise RuntimeError("There is no nginx on this computer (Debian, Ubuntu: apt install nginx-light).")
    with tempfile.TemporaryDirectory(prefix="resnet-explorer-nginx-") as folder:
        port, log_path = free_port(), Path(folder, "nginx.log")
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(_configured(ports, port, folder), encoding="utf-8")
        command = [program, "-p", folder, "-e", "stderr", "-c", str(configuration), "-g", "daemon off;"]
        with log_path.open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        with answering(Server(process, port, log_path)) as running:
            yield running


def _configured(ports: Mapping[str, int], port: int, folder: str) -> str:
    """The shipped configuration with this computer's addresses, and with the files below ``folder``."""
    text = _CONFIGURATION.read_text(encoding="utf-8").replace("/tmp/", f"{folder}/")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    for name, at in ports.items():
        text = text.replace(f"{name}:8501", f"127.0.0.1:{at}")
    return text
