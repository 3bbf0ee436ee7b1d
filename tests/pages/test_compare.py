"""The Compare page's logic, without a browser: which networks, what is said of them, what the link says."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer import analyze, from_url, name_of, preset
from explorer.compare.alternatives import alternatives
from explorer.compare.sentences import difference_sentence
from explorer.ui.compare.choices import Tab
from explorer.ui.compare.lineup import FULL
from tests.pages.helpers import healthy, link, opened, opened_with_my_network, rerun_until, warnings

open_page = partial(opened, "compare")


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in page.markdown).replace("\u00a0", " ")


def title(page: AppTest) -> str:
    (found,) = page.header
    return str(found.value)


def test_opens_on_resnet34_against_resnet50_already_compared() -> None:
    page = open_page()
    assert title(page) == "ResNet-34 against ResNet-50, v1.5"
    said = difference_sentence(analyze(preset("resnet34")), analyze(preset("resnet50")))
    assert said.replace("\u00a0", " ") in words(page)
    assert "from 21.1\u00a0M to 11.3\u00a0M weights" in page.markdown[0].value  # no line of a phone ends in a number
    sheet = page.table[0].value
    assert sheet.loc["Parameters"].tolist() == ["**21,797,672**", "**25,557,032** · 1.17\u00a0×"]
    assert sheet.loc["MACs"].tolist() == ["**3.66 G**", "**4.09 G** · 1.12\u00a0×"]
    assert "[73.314 %](https://" in sheet.loc["ImageNet top-1 accuracy", "ResNet-34"]
    assert "80.858 %" in sheet.loc["ImageNet top-1 accuracy", "ResNet-50, v1.5"]
    assert not page.query_params
    assert not warnings(page)


def test_results_printed_as_errors_and_as_accuracies_share_a_row() -> None:
    sheet = open_page(net1="resnet50", net2="resnet50_v1").table[0].value
    published = [row for row in sheet.index if "top-1" in row]
    assert published == ["ImageNet top-1 accuracy"]
    first, second = sheet.loc[published[0]]
    assert "[76.13 %](https://" in first
    assert "[77.15 %](https://" in second  # He et al. print an error of 22.85 %


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize(
    ("first", "second"),
    [("resnet20", "resnet50"), ("plain34", "resnet34"), ("resnet50_v1", "resnet50"), ("resnet1202", "resnet18")],
)
def test_every_part_works_for_any_pair(first: str, second: str, tab: Tab) -> None:
    page = open_page(net1=first, net2=second, tab=str(tab))
    assert title(page) == f"{name_of(preset(first))} against {name_of(preset(second))}"
    assert not warnings(page)


def test_a_preset_is_chosen_for_a_place_and_goes_into_the_link() -> None:
    page = open_page()
    healthy(page.selectbox(key="net2.pick").select("resnet101").run())
    assert link(page, "net2") == "resnet101"
    assert "net1" not in page.query_params
    assert title(page) == "ResNet-34 against ResNet-101, v1.5"


def test_a_network_is_edited_in_place() -> None:
    page = open_page(edit="true", edit_which="2")
    healthy(page.selectbox(key="net2.shortcut").select("A").run())
    assert from_url(link(page, "net2")) == from_url("resnet50~shortcut-A")
    assert title(page).endswith("ResNet-50, v1.5, shortcut A")


def test_networks_are_added_up_to_four_and_removed_again() -> None:
    page = open_page()
    for _ in range(2):
        healthy(page.button(key="add").click().run())
    assert len({link(page, "net3"), link(page, "net4"), "resnet34", "resnet50"}) == 4
    assert page.button(key="add").disabled
    assert page.button(key="add").help == FULL
    assert FULL in [each.value for each in page.caption]
    third, fourth = link(page, "net3"), link(page, "net4")
    healthy(page.button(key="net2.remove").click().run())
    assert (link(page, "net2"), link(page, "net3")) == (third, fourth)
    assert "net4" not in page.query_params
    healthy(page.button(key="net1.remove").click().run())
    assert (link(page, "net1"), link(page, "net2")) == (third, fourth)
    assert not [each for each in page.button if str(each.key).endswith(".remove")]


def test_my_network_is_compared_with_one_click() -> None:
    page = opened_with_my_network("compare", "resnet50~shortcut-C")
    assert "ResNet-50, v1.5, shortcut C" in page.button(key="my_network").label
    healthy(page.button(key="my_network").click().run())
    assert link(page, "net3") == "resnet50~shortcut-C"
    assert title(page).endswith("ResNet-50 (v1.5, shortcut C)")
    assert page.button(key="my_network").disabled
    assert page.button(key="my_network").help == "It is network 3 here already."


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"net1": "resnet-34"}, "Network 1: This link's network cannot be shown"),
        ({"net2": "resnet50~image_size-NaN"}, "Network 2: This link's network cannot be shown"),
        ({"net3": "x" * 10_000}, "Network 3: This link's network cannot be shown"),
        ({"net4": "resnet50~stage_blocks-5000"}, "Network 4: This link's network cannot be shown"),
        ({"net1": "<script>alert(1)</script>"}, "Network 1: This link's network cannot be shown"),
        ({"net5": "resnet18"}, "At most four networks can be compared: net5 is left out"),
        ({"net5": "resnet18", "net6": "resnet18"}, "net5, net6 are left out"),
    ],
)
def test_what_the_link_gets_wrong_is_said_and_the_rest_shown(query: dict[str, str], said: str) -> None:
    page = open_page(**query)
    (warning,) = warnings(page)
    assert said in warning.replace("\\", "")
    assert len(warning) < 700
    assert title(page) == "ResNet-34 against ResNet-50, v1.5"


def test_the_same_network_twice_is_told_apart() -> None:
    page = open_page(net1="resnet18", net2="resnet18", tab=str(Tab.CHANGES))
    assert title(page) == "ResNet-18 (1) against ResNet-18 (2)"
    healthy(page.toggle(key="differs.widget").set_value(True).run())
    (info,) = [each.value for each in page.info]
    assert info == "Every layer has the same shapes, parameters and MACs."


def test_what_differs_without_a_size_is_named() -> None:
    page = open_page(net1="resnet50", net2="resnet50~activation-gelu", tab=str(Tab.CHANGES), differs="true")
    (info,) = [each.value for each in page.info]
    assert "But ResNet-50, v1.5, gelu activates with GELU" in info.replace("\\", "")
    assert "rather than ReLU" in info


def test_a_bar_in_the_link_shows_its_layers() -> None:
    page = open_page(cell="2.layer4.3x3")
    table = page.dataframe[0].value
    layers = [layer for layer in analyze(preset("resnet50")).layers if (layer.stage, layer.role) == ("layer4", "3x3")]
    assert table["layer"].tolist() == [layer.name for layer in layers]
    assert "3 layers with 7.08 M" in words(page)


@pytest.mark.parametrize(
    "cell", ["9.layer4.3x3", "2.layer9.3x3", "2.layer4.nonsense", "<b>", "x" * 5000, "3.stem.stem"]
)
def test_a_bar_that_does_not_exist_shows_nothing(cell: str) -> None:
    page = open_page(cell=cell)
    assert not page.dataframe
    assert "cell" not in page.query_params
    said = [*warnings(page), *(each.value for each in page.caption)]
    assert any("no part" in each or "at most 60 characters; nothing is shown" in each for each in said)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1.layer1.1x1 expand", "ResNet-34 has no “1×1, expands” in stage 1."),
        ("2.stem.classifier", "ResNet-50, v1.5 has no “classifier” in stem."),
    ],
)
def test_a_cell_without_layers_says_what_is_missing(cell: str, said: str) -> None:
    page = open_page(cell=cell, table="true")
    (caption,) = [each.value for each in page.caption if "has no" in each.value]
    assert caption.replace("\\", "") == f"{said} Click a part of a bar, or a cell of the table, for its layers."
    assert "cell" not in page.query_params


def test_the_architecture_pages_part_of_the_link_is_left_out() -> None:
    page = open_page(net="resnet18", at="layer1.0", net1="resnet20")
    assert set(page.query_params) == {"net1"}
    assert title(page) == "ResNet-20 (CIFAR) against ResNet-50, v1.5"


@pytest.mark.parametrize("by", ["stage", "role", "both"])
def test_no_steps_are_said_to_be_none(by: str) -> None:
    page = open_page(net1="resnet18", net2="resnet18", tab=str(Tab.CHANGES), steps="true", by=by)
    (said,) = [each.value for each in page.caption if "no steps" in each.value]
    assert said.endswith("both have the same parameters.")
    assert len(page.dataframe) == 1


def test_the_aligned_tables_columns_are_numbered_as_the_networks_are() -> None:
    page = open_page(net3="resnet18", tab=str(Tab.CHANGES), to="3")
    assert {"Blocks of 1", "Blocks of 3", "Layers of 1", "Layers of 3"} < set(page.dataframe[0].value.columns)


def test_the_aligned_table_holds_every_parameter_and_filters() -> None:
    page = open_page(tab=str(Tab.CHANGES))
    table = page.dataframe[0].value
    one, two = (analyze(preset(name)).params for name in ("resnet34", "resnet50"))
    assert table["ResNet-34"].sum() == one
    assert table["ResNet-50, v1.5"].sum() == two
    assert table["Difference"].sum() == two - one
    rows = len(table)
    healthy(page.toggle(key="differs.widget").set_value(True).run())
    assert len(page.dataframe[0].value) < rows
    assert page.dataframe[0].value["Difference"].sum() == two - one


def test_every_alternative_is_listed_with_its_price() -> None:
    page = open_page(tab=str(Tab.WHAT_IF))
    table = page.dataframe[0].value.set_index("Choice")
    assert {label: cell.partition(" · ")[0] for label, cell in table["Parameters"].items()} == {
        choice.label: f"{choice.totals.params:,}" if choice.totals else "–"
        for choice in alternatives(preset("resnet34"))
    }


def test_why_a_choice_is_impossible_is_said_in_the_pages_words() -> None:
    page = open_page(net1="resnet50~widths-4096.4096.4096.4096", tab=str(Tab.WHAT_IF))
    remarks = page.dataframe[0].value.set_index("Choice")["Remark"]
    assert remarks["Width × 2"] == "Width of each stage is 8192: it must be a whole number from 1 to 4,096."


def test_the_bottlenecks_arithmetic_takes_the_readers_numbers() -> None:
    page = open_page(tab=str(Tab.WHAT_IF))
    assert "69,632" in words(page)
    assert "1,179,648" in words(page)
    healthy(page.text_input(key="channels.widget").input("512").run())
    assert link(page, "channels") == "512"
    assert f"{2 * 9 * 512**2:,}" in words(page)


@pytest.mark.parametrize(
    ("field", "entered", "said"),
    [
        ("channels", "minus one", "'minus one' is not a whole number"),
        ("channels", "0", "0"),
        ("ratio", "3", "Choose a ratio that divides 256"),
        ("side", "1e9", "'1e9' is not a whole number"),
    ],
)
def test_a_block_that_cannot_be_is_refused_in_words(field: str, entered: str, said: str) -> None:
    page = open_page(tab=str(Tab.WHAT_IF))
    healthy(page.text_input(key=f"{field}.widget").input(entered).run())
    (warning,) = warnings(page)
    assert said in warning.replace("\\", "")


def test_the_landscape_lists_what_fits_the_budget() -> None:
    page = open_page(tab=str(Tab.LANDSCAPE), max_params="12 M", max_macs="2 G")
    table = page.dataframe[0].value
    depths = table["Weighted layers"].tolist()
    assert len(table) == 10
    assert depths == sorted(depths, reverse=True)
    assert "have at most 12 M parameters and 2 G MACs" in words(page)
    assert not [name for name in table["Network"] if "blocks " in name.replace("basic blocks", "") or "widths" in name]


@pytest.mark.parametrize(
    ("params", "macs", "said"),
    [
        ("NaN", "2 G", "not an amount"),
        ("-5", "2 G", "not an amount"),
        ("12 M", "2 GFLOPs", "could mean two things"),
        ("12 M", "x" * 60, "characters, too many for an amount"),
    ],
)
def test_a_budget_that_is_none_is_refused_in_words(params: str, macs: str, said: str) -> None:
    page = open_page(tab=str(Tab.LANDSCAPE), max_params=params, max_macs=macs)
    (warning,) = warnings(page)
    assert said in warning.replace("\\", "")


def test_a_budget_that_nothing_meets_names_what_comes_nearest() -> None:
    page = open_page(tab=str(Tab.LANDSCAPE), max_params="10", max_macs="10")
    assert "comes nearest" in words(page)
    assert not page.dataframe


def test_networks_are_measured_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.compare.stopwatch.MAX_ROUNDS", 5)  # what is measured is not judged here
    page = open_page(net1="resnet20", net2="plain20", tab=str(Tab.MEASURED))
    assert not page.dataframe
    healthy(page.button(key="measured.now").click().run())
    table = rerun_until(page, lambda page: bool(page.dataframe)).dataframe[0].value
    assert table["Network"].tolist() == ["ResNet-20 (CIFAR)", "Plain-20 (CIFAR)"]
    assert all("ms" in text for text in [*table["Forward"], *table["Forward + backward"]])
