"""The words under the picture name the signs that are in it, and no others."""

import pytest

from explorer import PRESETS, analyze, from_url
from explorer.charts.network.diagram import network_diagram
from explorer.ui.widgets.network_diagram import how_to_read

SIGNS = {">pad<": "“pad”", ">avg pad<": "“avg pad”", ">1×1<": "marked 1×1", ">avg 1×1<": "marked avg 1×1"}


@pytest.mark.parametrize(
    "net", [*PRESETS, "resnet50~shortcut-C", "resnet20~stage_blocks-3~widths-16", "resnet50d~shortcut-avgpool"]
)
def test_every_sign_of_the_picture_is_explained_and_no_other(net: str) -> None:
    arch = analyze(from_url(net))
    picture, words = network_diagram(arch), how_to_read(arch)
    for drawn, explained in SIGNS.items():
        assert (drawn in picture) is (explained in words)
    assert ("plain network" in words) is arch.config.is_plain
