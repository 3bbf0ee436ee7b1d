"""The flow as a file: every number once, and a script whose output is that file."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from explorer import preset
from explorer.gradients.export import HEADER, flow_csv, to_script
from explorer.gradients.page_jobs import Question, study
from explorer.gradients.paired_networks import Contrast, names, pair
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import InputSource
from explorer.jobs.job import Attachment
from tests.gradients.test_page_jobs import picture

ROOT = Path(__file__).parents[2]
SMALL = replace(preset("resnet20"), stage_blocks=(1, 2, 1), image_size=8)
PAIR, NAMES = pair(SMALL, Contrast.SKIPS), names(SMALL, Contrast.SKIPS)


def measured(source: InputSource = InputSource.NOISE) -> tuple[FlowBand, ...]:
    sent = Attachment("p", picture()) if source is InputSource.IMAGES else None
    return study(Question(PAIR, (0, 3), 2, source), picture=sent)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_number_is_there_once() -> None:
    bands = measured()
    lines = read(flow_csv(bands, NAMES))
    assert tuple(lines[0]) == HEADER
    keys = [tuple(line[name] for name in ("network", "seed", "quantity", "place")) for line in lines]
    assert len(set(keys)) == len(keys)
    flows = [flow for band in bands for flow in band.flows]
    assert len(lines) == sum(2 * len(flow.blocks) + len(flow.layers) + 3 * len(flow.adds) for flow in flows)
    by_key = dict(zip(keys, lines, strict=True))
    for band, name in zip(bands, NAMES, strict=True):
        for flow in band.flows:
            for place, reading in zip(flow.layers, flow.weight_norms, strict=True):
                line = by_key[name, str(flow.seed), "weight", place]
                assert float(line["value"]) == reading.value
                assert line["state"] == reading.state
            for add in flow.adds:
                share = float(by_key[name, str(flow.seed), "shortcut's share", add.block]["value"])
                assert share == pytest.approx(add.shortcut_share)


# Runs each script as ``python script picture`` would, where that is asked for. One process: PyTorch is loaded once.
_RUN = """
import contextlib, io, json, runpy, sys
printed = {}
for script, *arguments in json.loads(sys.argv[1]):
    sys.argv = [script, *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(script, run_name="__main__")
    printed[script] = out.getvalue()
print(json.dumps(printed))
"""


@pytest.mark.slow
def test_the_scripts_measure_the_same(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(picture())
    for source in InputSource:
        script = to_script(PAIR, NAMES, seeds=(0, 3), batch_size=2, device="cpu", source=source)
        (tmp_path / f"{source}.py").write_text(script, encoding="utf-8")
    runs = [[f"{source}.py", *(["picture.png"] if source is InputSource.IMAGES else [])] for source in InputSource]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUN, json.dumps(runs)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": "", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    printed = json.loads(done.stdout)
    for source in InputSource:
        again, before = read(printed[f"{source}.py"]), read(flow_csv(measured(source), NAMES))
        assert len(again) == len(before)
        for one, other in zip(again, before, strict=True):
            for name in ("network", "seed", "quantity", "place", "state"):
                assert one[name] == other[name]
            assert float(one["value"]) == pytest.approx(float(other["value"]), rel=1e-3, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("source", InputSource)
def test_the_script_is_tidy(source: InputSource) -> None:
    script = to_script(PAIR, NAMES, seeds=(0,), batch_size=2, device="cpu", source=source)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E,F,I,W", "--line-length", "120", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_a_name_cannot_become_code() -> None:
    script = to_script(
        PAIR[:1], ['"}; print("gotcha")  # \\'], seeds=(0,), batch_size=2, device="cpu", source=InputSource.NOISE
    )
    compile(script, "script", "exec")
    assert '"\\"}; print' in script
