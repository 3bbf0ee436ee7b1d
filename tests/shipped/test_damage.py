"""The script of the recorded damage: it measures what is missing, goes on where it was stopped, forgets old weights."""

from pathlib import Path

import pytest
import torch

from explorer.training.damage.page_jobs import cut_each
from explorer.training.recorded_damage import NAME, Kind, plain_lesions, read_damage
from shipped import damage
from tests.training.damage.patients import NETWORKS


def test_it_records_what_is_missing_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, measured = {"residual": "one"}, damage.measured
    asked: list[tuple[Kind, bool]] = []
    monkeypatch.setattr(damage, "recorded_networks", lambda: NETWORKS[:1])
    monkeypatch.setattr(damage, "weights_of", weights.__getitem__)

    def noted(network: object, kind: Kind, *, recalibrated: bool) -> dict[str, object]:
        asked.append((kind, recalibrated))
        return measured(network, kind, recalibrated=recalibrated)

    monkeypatch.setattr(damage, "measured", noted)
    everything = [(kind, again) for kind in Kind for again in (False, True)]
    path = tmp_path / NAME
    assert damage.main(["--out", str(tmp_path), "--threads", "1"]) == 0
    assert asked == everything and "Residual: blocks shuffled, recalibrated" in capsys.readouterr().out
    made = list(read_damage(path))
    assert [(each.kind, each.recalibrated) for each in made] == everything
    assert made[0].found == plain_lesions(cut_each(NETWORKS[0], False))
    assert made[0].torch in torch.__version__ and made[0].threads == 1

    asked.clear()
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")  # stopped while it wrote
    assert damage.main(["--out", str(tmp_path)]) == 0
    assert asked == everything[-1:] and list(read_damage(path)) == made

    asked.clear()
    weights["residual"] = "other"
    assert damage.main(["--out", str(tmp_path)]) == 0
    assert asked == everything and {each.weights for each in read_damage(path)} == {"other"}
