"""How a keeper is looked for where nothing answers."""

import socket
import subprocess
import sys

import pytest

from bench.server import ROOT

pytestmark = pytest.mark.cluster
ALONE = """
import sys
from explorer.cluster import finder
finder.SECONDS = 3
finder.main(sys.argv[1])
"""


def test_a_search_ends_by_itself_though_whoever_asked_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen([sys.executable, "-c", ALONE, address], cwd=ROOT, stderr=subprocess.DEVNULL) as search:
            try:
                assert search.wait(40) != 0
            finally:
                search.kill()
