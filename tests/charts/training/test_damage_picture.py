"""The picture to click on: every block is a button that says what it is, whatever the damage."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import ResNetConfig, preset
from explorer.charts.training.damage_picture import damage_picture
from explorer.training.damage.cuts import Damage, block_names, can_be_cut, random_cut, swapped, why_not_cut
from tests.network.strategies import configs

SVG = "{http://www.w3.org/2000/svg}"


def buttons(picture: str) -> dict[str, dict[str, str]]:
    return {each.get("data-pick", ""): each.attrib for each in ET.fromstring(picture).iter() if each.get("data-pick")}


@given(configs(), st.booleans(), st.data())
def test_every_block_is_a_button_that_says_what_it_is(config: ResNetConfig, tall: bool, data: st.DataObject) -> None:
    cuts = random_cut(config, data.draw(st.integers(0, len(can_be_cut(config)))), 0)
    found = buttons(damage_picture(config, Damage.of(config, cuts), tall=tall))
    assert tuple(found) == block_names(config)
    for name, button in found.items():
        assert button["role"] == "button" and button["tabindex"] == "0"
        assert button["aria-pressed"] == ("true" if name in cuts else "false")
        assert button["aria-label"].startswith(name)
        assert ("cut: only its shortcut is left" in button["data-tip"]) == (name in cuts and not config.is_plain)
        assert why_not_cut(config, name) in button["data-tip"]


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("name", ["resnet20", "plain56", "resnet110"])
def test_everything_is_inside_the_picture(name: str, tall: bool) -> None:
    root = ET.fromstring(damage_picture(preset(name), Damage(), tall=tall))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for rect in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(rect.get(side, "0")) for side in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
    for words in root.iter(f"{SVG}text"):
        assert 0 < float(words.get("x", "0")) < width and 0 < float(words.get("y", "0")) < height


def test_swapped_blocks_say_whose_place_they_have() -> None:
    config = preset("resnet20")
    damage = Damage.of(config, order=swapped(config, "layer1.0", "layer1.2"))
    found = buttons(damage_picture(config, damage, held="layer3.1"))
    assert list(found)[:3] == ["layer1.2", "layer1.1", "layer1.0"]
    assert found["layer1.2"]["aria-label"] == "layer1.2, runs in the place of layer1.0"
    assert found["layer3.1"]["aria-pressed"] == "true"
    assert "9 of 9" not in damage_picture(config, damage)
    assert "3 of 9 blocks cut" in damage_picture(config, Damage(("layer1.0", "layer1.1", "layer2.0")))
