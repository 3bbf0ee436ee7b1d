"""Fields that change nothing say why, and really change nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.model import build
from explorer.network.options import Antialias, OutputStride, ResidualScale, StrideIn
from explorer.network.presets import preset
from tests.network.strategies import configs


def test_inactive_fields_say_why() -> None:
    assert inactive_fields(ResNetConfig()) == {}
    basic = inactive_fields(ResNetConfig(block="basic"))
    assert basic.keys() == {"stride_in", "groups", "width_per_group"}
    assert "bottleneck" in basic["stride_in"]
    plain = inactive_fields(ResNetConfig(shortcut="none"))
    assert plain.keys() == {"shortcut_norm", "zero_init_residual", "residual_scale", "stochastic_depth"}
    assert "'none'" in plain["shortcut_norm"]
    assert "normalisation" in inactive_fields(ResNetConfig(norm="none"))["shortcut_norm"]
    assert "pre-activation" in inactive_fields(ResNetConfig(order="pre"))["shortcut_norm"].lower()
    assert "shortcut_norm" in inactive_fields(ResNetConfig(shortcut="A"))
    assert "gradient" in inactive_fields(ResNetConfig(residual_scale="learned"))["zero_init_residual"]
    assert "8 times" in inactive_fields(preset("resnet56"))["output_stride"]


TWO_VALUES = {
    "stride_in": tuple(StrideIn),
    "shortcut_norm": (False, True),
    "zero_init_residual": (False, True),
    "groups": (1, 4),
    "width_per_group": (64, 128),
    "stochastic_depth": (0.0, 0.5),
    "residual_scale": tuple(ResidualScale),
    "output_stride": tuple(OutputStride)[::2],
    "antialias": tuple(Antialias),
}


@pytest.mark.slow
@settings(max_examples=30)
@given(configs(), st.data())
def test_an_inactive_field_changes_neither_layers_nor_weights(config: ResNetConfig, data: st.DataObject) -> None:
    inactive = sorted(inactive_fields(config))
    if not inactive:
        config = replace(config, block="basic")  # which has no choice of stride_in
        inactive = ["stride_in"]
    name = data.draw(st.sampled_from(inactive))
    first, second = (replace(config, **{name: value}) for value in TWO_VALUES[name])
    assert analyze(first).layers == analyze(second).layers
    weights = build(second).state_dict()
    assert all(weights[key].equal(value) for key, value in build(first).state_dict().items())
