"""The script of the recorded landscapes: it goes on where it was stopped, and makes anew what has other settings."""

from pathlib import Path

import pytest

from explorer.training.landscape.recorded import FILE, read
from shipped import landscapes
from shipped.landscapes import main
from tests.training.damage.patients import NETWORKS


def test_it_records_what_is_missing_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(landscapes, "recorded_networks", lambda: NETWORKS[:2])
    monkeypatch.setattr(landscapes, "PLANES", (0, 1))
    monkeypatch.setattr(landscapes, "SIDE", 3)
    monkeypatch.setattr(landscapes, "PICTURES", 20)
    recorded, record = [], landscapes.record
    monkeypatch.setattr(
        landscapes, "record", lambda network, plane: recorded.append((network.key, plane)) or record(network, plane)
    )
    path, whole = tmp_path / FILE.name, [("residual", 0), ("plain", 0), ("residual", 1), ("plain", 1)]
    assert main(["--out", str(tmp_path), "--threads", "1"]) == 0
    assert recorded == whole and [path.name for path in tmp_path.iterdir()] == [FILE.name]
    made = list(read(path))
    assert [(each.key, each.landscape.plane) for each in made] == whole
    assert all(each.landscape.side == 3 and each.command == "python -m shipped.landscapes" for each in made)
    assert capsys.readouterr().out.startswith("Residual, plane 1: ")

    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], lines[2][:50]]), encoding="utf-8")  # stopped while it wrote
    assert main(["--out", str(tmp_path)]) == 0
    assert recorded[4:] == whole[2:]
    again = list(read(path))
    assert [each.landscape for each in again] == [each.landscape for each in made]

    monkeypatch.setattr(landscapes, "SIDE", 5)
    main(["--out", str(tmp_path)])
    assert {each.landscape.side for each in read(path)} == {5} and len(recorded) == 10
