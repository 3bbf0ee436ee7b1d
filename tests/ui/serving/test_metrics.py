"""The figures of a server: they count what was done, and say nothing of whom it was done for."""

import os
import re
import urllib.request
from pathlib import Path

import pytest

from bench.client import Visitor
from bench.server import ROOT, free_port, serve
from bench.upload import send
from explorer.ui.serving.metrics import METRICS

pytestmark = pytest.mark.slow
NET, FILE = "resnet20~stage_blocks-1.1.1~image_size-8", "a-reader-s-own-file.json"


def figures(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def total(found: dict[str, float], *parts: str) -> float:
    return sum(value for name, value in found.items() if all(part in name for part in parts))


@pytest.mark.prometheus
def test_figures_count_sessions_runs_jobs_and_lookups_and_name_nobody() -> None:
    port = free_port()
    with serve(environment={METRICS: str(port)}) as server:
        assert total(figures(port), "explorer_sessions") == 0
        with Visitor(server, "gradients") as visitor, Visitor(server, "paths") as other:
            visitor.visit(f"flow={NET}")
            visitor.settle()
            visitor.rerun()
            other.visit()
            sent = send(server, other.session, FILE, b"{}")
            found = figures(port)
            assert found["explorer_sessions"] == 2
            assert found['explorer_run_seconds_count{of="page"}'] >= 3
            assert found['explorer_run_seconds_count{of="part"}'] >= 1  # what waited for the measurement
            assert found['explorer_run_seconds_sum{of="page"}'] > 0
            assert found['explorer_jobs_ended_total{kind="study",lane="cpu",state="done"}'] == 1
            assert total(found, "cache_lookups_total", "navigation_bar", "hit") >= 3
            assert found["explorer_upload_bytes"] == 2
            assert found.get("process_resident_memory_bytes", 2e8) > 1e8
            told = " ".join(found)
            documented = re.findall(
                r"`((?:explorer|process)_[a-z_]+)`", (ROOT / "docs" / "how-to.md").read_text("utf-8")
            )
            assert len(documented) == 8 and [name for name in documented if name not in told] == []
            for secret in (NET, FILE, sent.file_id, visitor.session, other.session, "127.0.0.1"):
                assert secret not in told
        assert "Traceback" not in server.log


def test_who_has_no_library_is_told(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['prometheus_client'] = None")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    with (
        pytest.raises(RuntimeError, match=r'pip install "\.\[metrics\]"'),
        serve(environment={METRICS: "1", "PYTHONPATH": path}),
    ):
        pass
