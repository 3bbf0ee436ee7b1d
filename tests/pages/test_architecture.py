"""The Architecture page's logic, without a browser: what is entered, what is shown, what the link says."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer import PRESETS, analyze, from_url, name_of, preset, to_url
from explorer.jobs.queue import JobQueue
from explorer.network.inactive_fields import inactive_fields
from explorer.network.options import Shortcut
from tests.pages.helpers import card, headline, healthy, link, metric, opened, warnings

open_page = partial(opened, "architecture")


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network waits to be measured: test_live_panel.py is about what comes of that."""
    idle = JobQueue(workers=0)
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: idle)


def net(page: AppTest) -> str:
    """The network in the link; without one it is the default's."""
    return link(page, "net") if "net" in page.query_params else "resnet50"


def test_opens_on_resnet50_with_the_arithmetics_numbers() -> None:
    page = open_page()
    assert net(page) == "resnet50"
    assert headline(page)["name"] == "ResNet-50, v1.5"
    assert headline(page)["badges"][0][0] == "equals torchvision.models.resnet50"
    assert metric(page, "Parameters") == "25,557,032"
    assert metric(page, "MACs") == "4.09 G"
    assert metric(page, "Weighted layers") == "50"
    assert metric(page, "Receptive field") == "427 px"
    assert not warnings(page)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_from_its_link(name: str) -> None:
    page = open_page(net=name)
    assert headline(page)["name"] == name_of(preset(name))
    assert metric(page, "Parameters") == f"{analyze(preset(name)).params:,}"
    assert page.dataframe[0].value["parameters"].sum() == analyze(preset(name)).params


def test_choosing_a_preset_changes_network_link_and_deltas() -> None:
    page = open_page(net="resnet34")
    healthy(page.selectbox(key="net.preset").select("resnet50").run())
    assert net(page) == "resnet50"
    assert metric(page, "Parameters") == "25,557,032"
    delta = card(page, "Parameters")["delta"]
    assert delta == "+3.76 M"
    assert headline(page)["foot"] == "Differences are against ResNet-34."


def test_every_shortcut_option_gives_its_own_network() -> None:
    page = open_page(net="resnet20")
    for option in Shortcut:
        healthy(page.selectbox(key="net.shortcut").select(str(option)).run())
        config = from_url(net(page))
        assert config.shortcut is option
        assert metric(page, "Parameters") == f"{analyze(config).params:,}"


def test_a_depth_of_the_list_sets_the_blocks() -> None:
    page = open_page(net="resnet20")
    healthy(page.selectbox(key="net.depth").select("56").run())
    assert net(page) == "resnet56"
    assert page.text_input(key="net.stage_blocks").value == "9, 9, 9"


@pytest.mark.parametrize(
    ("field", "entered", "said"),
    [
        ("net.stage_blocks", "3, x, 3", "'x' is not a whole number"),
        ("net.stage_blocks", "5000", "5000"),
        ("net.stage_blocks", "1,1,1,1,1,1", "1 to 5 stages"),
        ("net.widths", "64, -3", "'-3' is not a whole number"),
        ("net.widths", "1000000", "1 to 4,096"),
        ("net.widths", "", "is not a whole number"),
        ("net.image_size", "0", "1 to 2,048"),
        ("net.image_size", "NaN", "'NaN' is not a whole number"),
        ("net.num_classes", "9" * 200, "is not a whole number"),
    ],
)
def test_a_refused_entry_is_explained_and_changes_nothing(field: str, entered: str, said: str) -> None:
    page = open_page(net="resnet34", net_more="true")
    healthy(page.text_input(key=field).input(entered).run())
    (words,) = warnings(page)
    assert said in words.replace("\\", "")
    assert page.text_input(key=field).value == entered  # the reader's own text stays, to be mended
    assert net(page) == "resnet34"
    assert metric(page, "Parameters") == "21,797,672"


def test_a_mended_entry_clears_the_message() -> None:
    page = open_page(net="resnet34")
    page.text_input(key="net.stage_blocks").input("3, 4, 6, x").run()
    healthy(page.text_input(key="net.stage_blocks").input("2 2 2 2").run())
    assert not warnings(page)
    assert net(page) == "resnet18"
    assert page.text_input(key="net.stage_blocks").value == "2, 2, 2, 2"


def test_a_map_that_would_vanish_names_the_layer() -> None:
    page = open_page(net="resnet18", net_more="true")
    healthy(page.text_input(key="net.image_size").input("8").run())
    (words,) = warnings(page)
    assert "layer3.0.conv1" in words or "layer4.0.conv1" in words
    assert net(page) == "resnet18"


def test_stages_can_be_added_and_taken_away() -> None:
    page = open_page(net="resnet18")
    healthy(page.text_input(key="net.stage_blocks").input("2, 2, 2").run())
    assert from_url(net(page)).widths == (64, 128, 256)
    healthy(page.text_input(key="net.widths").input("32, 64, 128, 256, 512").run())
    assert from_url(net(page)).stage_blocks == (2, 2, 2, 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "-1",
        "NaN",
        "resnet50~",
        "resnet50~image_size-1",
        "resnet50~image_size-NaN",
        "resnet18~image_size-1",
        "resnet50~image_size-100000",
        "resnet50~widths-1000000.1.1.1",
        "resnet50~stage_blocks-5000.1.1.1",
        "resnet50~shortcut-Z",
        "resnet50~image_size--5",
        "resnet50~image_size-" + "9" * 300,
        "A" * 10_000,
        "![x](https://example.org/x.png)",
        "\x00\ud7ff<script>alert(1)</script>",
    ],
)
def test_a_nonsense_link_gets_a_sentence_and_a_working_page(text: str) -> None:
    page = open_page(net=text)
    (words,) = warnings(page)
    assert words.startswith("This link's network cannot be shown\\.") or "cannot be shown" in words
    assert len(words) < 700
    assert "![" not in words  # nothing in a link may fetch a picture
    assert net(page) == "resnet50"
    assert metric(page, "Parameters") == "25,557,032"
    healthy(page.selectbox(key="net.preset").select("resnet18").run())
    assert not warnings(page)


def test_selecting_a_layer_gives_its_receipt() -> None:
    page = open_page(net="resnet18", at="layer2.0.conv1")
    text = " ".join(each.value for each in page.markdown)
    assert "Receipt of layer2.0.conv1" in text
    assert "3·3·64·128 = 73,728" in text
    assert "⌊(56 + 2·1 − 3)/2⌋ + 1 = 28" in text
    healthy(page.button(key="whole_unit").click().run())
    assert link(page, "at") == "layer2.0"
    assert any("Receipt of layer2.0**" in each.value for each in page.markdown)


def test_a_selection_the_network_lacks_shows_its_nearest_part() -> None:
    page = open_page(net="resnet50", at="layer3.5.conv3")
    healthy(page.selectbox(key="net.preset").select("resnet18").run())
    assert any("no layer3.5.conv3" in each.value for each in page.caption)
    assert link(page, "at") == "layer3.5.conv3"
    healthy(page.selectbox(key="net.preset").select("resnet101").run())
    assert any("Receipt of layer3.5.conv3" in each.value for each in page.markdown)


@pytest.mark.parametrize("at", ["layer9.9", "<b>", "![x](https://example.org/x.png)", "x" * 5000, "stem.conv1"])
def test_a_nonsense_selection_is_harmless(at: str) -> None:
    page = open_page(net="resnet18", at=at)
    assert not any("![" in each.value for each in page.caption)


def test_the_table_searches_and_filters() -> None:
    page = open_page(net="resnet18")
    healthy(page.text_input(key="q.widget").input("conv2 layer3").run())
    assert page.dataframe[0].value["layer"].tolist() == ["layer3.0.conv2", "layer3.1.conv2"]
    healthy(page.text_input(key="q.widget").input("no such layer").run())
    assert any("No layer matches" in each.value for each in page.info)
    page.text_input(key="q.widget").input("").run()
    healthy(page.multiselect(key="role.widget").select("classifier").run())
    assert page.dataframe[0].value["layer"].tolist() == ["avgpool", "fc"]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "plain34", "preact_resnet110", "keller_a"])
def test_meaningless_controls_are_off_with_the_reason(name: str) -> None:
    page = open_page(net=name, net_more="true")
    reasons = inactive_fields(preset(name))
    widgets = {"stride_in": page.selectbox, "shortcut_norm": page.toggle, "zero_init_residual": page.toggle}
    for field, kind in widgets.items():
        widget = kind(key=f"net.{field}")
        assert widget.disabled is (field in reasons)
        assert (reasons.get(field, "Off here:") in widget.help) is (field in reasons)


def test_what_to_try_leads_to_the_network_it_names() -> None:
    page = open_page(net="plain34")
    (words,) = [each.value for each in page.markdown if "What to try" in each.value]
    healthy(page.button(key="try").click().run())
    shown = headline(page)["name"]
    assert shown in words
    assert from_url(net(page)).shortcut is Shortcut.A


def test_every_field_can_be_edited() -> None:
    page = open_page(net="resnet50", net_more="true")
    edits = {
        "net.stem": "deep", "net.activation": "gelu", "net.norm": "none", "net.order": "pre",
        "net.stride_in": "1x1", "net.init": "xavier", "net.block": "basic",
    }  # fmt: skip
    for key, value in edits.items():
        healthy(page.selectbox(key=key).select(value).run())
        assert str(getattr(from_url(net(page)), key.removeprefix("net."))) == value
    for flag in ("net.conv_bias", "net.zero_init_residual"):
        healthy(page.toggle(key=flag).set_value(True).run())
        assert getattr(from_url(net(page)), flag.removeprefix("net.")) is True
    for count, value in {"net.image_size": "128", "net.in_channels": "1", "net.num_classes": "7"}.items():
        healthy(page.text_input(key=count).input(value).run())
        assert getattr(from_url(net(page)), count.removeprefix("net.")) == int(value)
    assert to_url(from_url(net(page))) == net(page)


def test_the_python_file_is_on_the_page() -> None:
    page = open_page(net="resnet18", files="true")
    (code,) = [each.value for each in page.code]
    assert "class ResNet" in code
    compile(code, "resnet18.py", "exec")
