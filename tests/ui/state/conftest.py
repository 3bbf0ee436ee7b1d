"""A server for the tests of what a page keeps."""

from collections.abc import Iterator

import pytest

from bench.server import ROOT, Server, serve

# Runs at the start of the server's interpreter: its figures are otherwise those of some seconds ago.
FRESH_FIGURES = """
from streamlit.web.server.starlette import starlette_routes
starlette_routes._METRICS_EXPENSIVE_STATS_TTL_SECONDS = 0.0
"""


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that forgets a closed session after a second."""
    folder = tmp_path_factory.mktemp("at start")
    (folder / "sitecustomize.py").write_text(FRESH_FIGURES, encoding="utf-8")
    environment = {"PYTHONPATH": str(folder)}
    with serve(ROOT / "app.py", "--server.disconnectedSessionTTL=1", environment=environment) as running:
        yield running
        assert "Traceback" not in running.log
