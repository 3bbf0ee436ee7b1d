"""The six shortcuts on one feature map, against PyTorch's own functions and against the arithmetic."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.charts.ideas.six_shortcuts import channels_alt_text, channels_chart, channels_rows
from explorer.ideas.measure.six_shortcuts import feature_map, shortcut_run
from explorer.ideas.six_shortcuts import CLASH, SHORTCUT_NAMES, SIDE, ShortcutSetting, sentence
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.options import Shortcut, Stem
from explorer.text.errors import Refusal
from explorer.text.quantities import human

SETTINGS = st.builds(ShortcutSetting, st.sampled_from(list(Shortcut)), st.booleans(), st.integers(0, 99))


def outputs(**setting: object) -> torch.Tensor:
    return torch.tensor(shortcut_run(ShortcutSetting(**setting)).outputs)  # type: ignore[arg-type]


def test_the_feature_map_is_four_digits() -> None:
    x = feature_map()
    assert x.shape == (1, 4, 8, 8) and float(x.min()) >= 0 and float(x.max()) <= 1
    assert len({tuple(channel.flatten().tolist()) for channel in x[0]}) == 4


def test_what_each_hands_on() -> None:
    x = feature_map()
    zeros = torch.zeros(4, 4, 4)
    assert torch.equal(outputs(shortcut="A"), torch.cat([x[0, :, ::2, ::2], zeros]))
    assert torch.allclose(outputs(shortcut="avgpool"), torch.cat([functional.avg_pool2d(x, 2)[0], zeros]))
    # A projection without bias is linear: of nothing it makes nothing, and its rank is at most that of its input.
    projected = outputs(shortcut="B").reshape(8, -1)
    assert torch.linalg.matrix_rank(projected, atol=1e-5) == 4
    pooled = outputs(shortcut="avgpool_projection").reshape(8, -1)
    means = functional.avg_pool2d(x, 2)[0].reshape(4, -1)
    solution = torch.linalg.lstsq(means.T, pooled.T).solution
    assert torch.allclose(means.T @ solution, pooled.T, atol=1e-5)
    assert outputs(shortcut="none").numel() == 0


@pytest.mark.parametrize("shortcut", ["A", "B", "avgpool", "avgpool_projection"])
def test_where_the_shape_stays_all_but_c_are_the_identity(shortcut: str) -> None:
    assert torch.equal(outputs(shortcut=shortcut, changes=False), feature_map()[0])
    assert not torch.equal(outputs(shortcut="C", changes=False), feature_map()[0])


@pytest.mark.slow
@settings(max_examples=30)
@given(SETTINGS)
def test_the_channels_are_counted(setting: ShortcutSetting) -> None:
    run = shortcut_run(setting)
    assert run.kept + run.means + run.zeros + run.mixed == len(run.outputs)
    assert run.zeros == sum(not any(map(any, channel)) for channel in run.outputs)
    projects = setting.shortcut is Shortcut.C or (
        setting.changes and setting.shortcut in (Shortcut.B, Shortcut.AVGPOOL_PROJECTION)
    )
    assert bool(run.mixed) is projects is bool(run.params)


@pytest.mark.slow
@settings(max_examples=30)
@given(SETTINGS)
def test_the_sentence_says_those_numbers(setting: ShortcutSetting) -> None:
    run = shortcut_run(setting)
    said = sentence(run)
    if not run.outputs:
        assert said.startswith("None") and "nothing runs" in said
        return
    assert SHORTCUT_NAMES[setting.shortcut].lower() in said.lower()
    assert f"of {len(run.outputs)} channels" in said
    for count, words in ((run.zeros, "all zeros"), (run.means, "the mean of 2×2"), (run.mixed, "weighted sum")):
        assert (words in said) is bool(count)
        assert not count or f"{count} {'is' if count == 1 else 'are'} " in said
    assert f"{run.reached} of the 64 places" in said or (run.reached == 64 and "All 64 places" in said)
    assert (f"{run.params} parameters" in said and human(run.macs) in said) is bool(run.params)
    assert (CLASH in said) is (setting.shortcut in (Shortcut.AVGPOOL, Shortcut.C))
    assert said in channels_alt_text(run)


REACHED = {"A": 16, "B": 16, "C": 16, "avgpool": 64, "avgpool_projection": 64, "none": 0}


@pytest.mark.parametrize(("shortcut", "places"), REACHED.items())
def test_a_stride_skips_three_of_four_places_and_a_pool_none(shortcut: str, places: int) -> None:
    """By changing each place and looking whether anything else changes, without autograd."""
    config = ResNetConfig(
        block="basic", stage_blocks=(2, 1), widths=(4, 8), shortcut=shortcut, stem=Stem.CIFAR, norm="none",
        image_size=SIDE, num_classes=2,
    )  # fmt: skip
    way, x, moved = build(config).get_submodule("layer2.0").downsample, feature_map(), 0
    for place in range(SIDE * SIDE if way else 0):
        other = x.clone()
        other[:, :, place // SIDE, place % SIDE] += 1
        moved += not torch.equal(way(other), way(x))
    assert moved == shortcut_run(ShortcutSetting(shortcut)).reached == places
    assert shortcut_run(ShortcutSetting(shortcut, changes=False)).reached == (64 if places else 0)


@pytest.mark.parametrize("shortcut", list(Shortcut))
def test_the_price_is_the_arithmetics(shortcut: Shortcut) -> None:
    """Two networks that differ in their shortcuts only differ by their price."""
    config = ResNetConfig(
        block="basic", stage_blocks=(1, 1), widths=(4, 8), shortcut=shortcut, stem=Stem.CIFAR, norm="none",
        image_size=SIDE, num_classes=2,
    )  # fmt: skip
    plain = analyze(ResNetConfig(**{**_fields(config), "shortcut": "none"}))
    run = shortcut_run(ShortcutSetting(shortcut))
    if shortcut is not Shortcut.C:  # which projects in the first stage, too
        assert run.params == analyze(config).params - plain.params
        assert run.macs == analyze(config).macs - plain.macs


def _fields(config: ResNetConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def test_the_chart_has_every_channel() -> None:
    run = shortcut_run(ShortcutSetting(Shortcut.A))
    maps = [trace for trace in channels_chart(run).data if trace.type == "heatmap"]
    assert len(maps) == len(run.inputs) + len(run.outputs) == len(channels_rows(run)) == 12
    assert len(channels_chart(shortcut_run(ShortcutSetting(Shortcut.NONE))).data) == 4


@pytest.mark.parametrize("bad", [{"shortcut": "D"}, {"seed": -1}, {"seed": 100}])
def test_what_there_is_not_is_said(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        ShortcutSetting(**bad)  # type: ignore[arg-type]
