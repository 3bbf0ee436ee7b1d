"""The Ideas page's logic, without a browser: every lesson opens, moves, and says what its numbers say."""

from functools import cache, partial

import pytest
import torch
import torchvision
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.ideas import (
    bottleneck_steps,
    field,
    grid,
    identity,
    identity_words,
    saturation,
    six_shortcuts,
    stride_place,
    zero_init,
)
from explorer.ideas.bugs import BUGS, answer_to_line
from explorer.ideas.measure.bugs import run_program
from explorer.ideas.measure.field import field_runs
from explorer.ideas.measure.identity import identity_run
from explorer.ideas.measure.saturation import saturation_run
from explorer.ideas.measure.six_shortcuts import shortcut_run
from explorer.ideas.measure.stride_place import stride_run
from explorer.ideas.measure.zero_init import zero_init_run
from explorer.jobs.queue import JobQueue
from explorer.live.progress import Progress
from explorer.network.links import from_url
from explorer.network.model import build
from explorer.network.options import Block, Shortcut
from explorer.network.presets import preset
from explorer.ui.ideas.choices import Lesson
from tests.pages.helpers import healthy, link, opened, opened_with_my_network, settled, warnings, words

open_page = partial(opened, "ideas")


@cache
def fields_of(networks: tuple[field.FieldNetwork, ...], seed: int) -> tuple[field.FieldRun, ...]:
    """Measured once for all tests, from a quarter of the images."""
    return field_runs(networks, seed)


@pytest.fixture(autouse=True)
def fields_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(
        networks: tuple[field.FieldNetwork, ...], seed: int, *, progress: Progress | None = None
    ) -> tuple[field.FieldRun, ...]:
        return fields_of(networks, seed)

    monkeypatch.setattr("explorer.ideas.measure.field.field_runs", known)
    monkeypatch.setattr("explorer.ideas.measure.field._IMAGES", 8)


def slid(page: AppTest, label: str, value: str) -> AppTest:
    (slider,) = [each for each in page.select_slider if each.label == label]
    return healthy(slider.set_value(value).run())


@pytest.mark.parametrize("lesson", list(Lesson))
def test_every_lesson_opens_from_its_link(lesson: Lesson) -> None:
    page = settled(open_page(lesson=lesson))
    assert not page.error and not page.warning and page.header
    assert "What you see." in words(page) or lesson in (Lesson.BUGS, Lesson.CHECK)


@pytest.mark.parametrize("lesson", [each for each in Lesson if each not in (Lesson.BUGS, Lesson.CHECK)])
def test_the_numbers_are_there_as_a_table(lesson: Lesson) -> None:
    page = settled(open_page(lesson=lesson, as_numbers="true"))
    assert page.dataframe and all(len(table.value) for table in page.dataframe)


def test_identity() -> None:
    page = open_page()
    assert identity_words.sentence(identity_run(identity.IdentitySetting())) in words(page)
    page = slid(page, "How far H is from it", "2")
    assert link(page, "distance") == "2"
    assert identity_words.sentence(identity_run(identity.IdentitySetting(distance=2.0))) in words(page)
    page = open_page(wanted="negation")
    assert "does not win" in words(page)


def test_saturation() -> None:
    page = slid(open_page(lesson="saturation"), "Layers", "50")
    run = saturation_run(saturation.SaturationSetting(layers=50))
    assert saturation.sentence(run) in words(page) and link(page, "depth_of_stack") == "50"


def test_convolutions() -> None:
    page = slid(open_page(lesson="convolutions"), "Stride", "3")
    assert grid.grid_sentence(grid.GridSetting(stride=3)) in words(page)
    assert "nn.Conv2d itself agrees: 3×3" in words(page)
    page = slid(page, "Row of the output", "2")
    assert "Output row 2, column 1" in words(page) and link(page, "row") == "2"
    page = open_page(lesson="convolutions", input_side="224", chain="7/2 p3, 3/2 p1")
    assert "224 → 112 → 56" in words(page) and "stride 4 fits" in words(page)


def test_the_worked_example() -> None:
    said = words(open_page(lesson="convolutions"))
    assert "312 → 156 → 78" in said and "a 1×1 projection of stride 4 fits" in said


def test_bottleneck() -> None:
    page = slid(open_page(lesson="bottleneck"), "Reduction", "8")
    setting = bottleneck_steps.BottleneckSetting(ratio=8)
    assert bottleneck_steps.sentence(bottleneck_steps.bottleneck_convs(setting)) in words(page)
    assert "agrees at every step" in words(page)


@pytest.mark.parametrize("shortcut", list(Shortcut))
def test_six_shortcuts(shortcut: Shortcut) -> None:
    page = open_page(lesson="shortcuts", which_shortcut=shortcut)
    assert six_shortcuts.sentence(shortcut_run(six_shortcuts.ShortcutSetting(shortcut))) in words(page)


def test_zero_init() -> None:
    page = slid(open_page(lesson="zero-init"), "γ, the scale of the last norm", "1")
    run = zero_init_run(zero_init.ZeroInitSetting(Block.BASIC, 1.0))
    assert zero_init.sentence(run) in words(page) and link(page, "gamma") == "1"


def test_stride() -> None:
    page = slid(open_page(lesson="stride"), "Side of the input", "7")
    run = stride_run(stride_place.StrideSetting(7, 2))
    assert stride_place.sentence(run) in words(page) and link(page, "block_side") == "7"


def test_field() -> None:
    page = settled(open_page(lesson="field"))
    runs = fields_of((field.FieldNetwork.TRAINED, field.FieldNetwork.UNTRAINED), 0)
    assert field.sentence(runs, 9) in words(page)
    page = settled(slid(page, "After", "layer2.0"))
    assert field.sentence(runs, 4) in words(page) and link(page, "field_after") == "layer2.0"
    page = settled(slid(page, "Seed", "3"))
    others = fields_of((field.FieldNetwork.TRAINED, field.FieldNetwork.UNTRAINED), 3)
    assert field.sentence(others, 4) in words(page) and link(page, "field_seed") == "3"
    assert field.sentence(others, 4) != field.sentence(runs, 4)
    page = settled(open_page(lesson="field", field_of="plain", field_beside="nothing", field_after="stem"))
    assert field.sentence(fields_of((field.FieldNetwork.PLAIN,), 0), 0) in words(page)


@pytest.mark.parametrize(
    ("lesson", "label", "value"),
    [
        (Lesson.IDENTITY, "How far H is from it", "0.6"),
        (Lesson.SATURATION, "Layers", "22"),
        (Lesson.CHAIN, "Kernel", "5"),
        (Lesson.BOTTLENECK, "Reduction", "8"),
        (Lesson.ZERO_INIT, "γ, the scale of the last norm", "0.4"),
        (Lesson.STRIDE, "Side of the input", "9"),
        (Lesson.FIELD, "After", "layer3.0"),
    ],
)
def test_a_control_moves_the_sentence_and_the_link_opens_it_elsewhere(lesson: Lesson, label: str, value: str) -> None:
    page = settled(open_page(lesson=lesson))
    before = words(page)
    moved = settled(slid(page, label, value))
    assert words(moved) != before and value in {link(moved, name) for name in moved.query_params}
    twin = settled(open_page(**{name: link(moved, name) for name in moved.query_params}))
    assert words(twin) == words(moved)


def test_fields_are_measured_by_the_queue_and_not_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = JobQueue(workers=0)
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: idle)
    page = open_page(lesson="field")
    assert page.status and "What you see" not in words(page)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.key)
def test_bugs(bug: object) -> None:
    found = next(each for each in BUGS if each is bug)
    page = open_page(lesson="bugs", bug=found.key)
    assert found.question in words(page) and found.lesson not in words(page)
    assert page.code[0].value == found.wrong.rstrip("\n") or page.code[0].value == found.wrong
    place = found.places[0]
    page = open_page(lesson="bugs", bug=found.key, line=str(place), run="true", mend="true")
    assert answer_to_line(found, place) in words(page)
    shown = "\n".join(each.value for each in page.code)
    assert run_program(found.wrong).words in shown and found.check in shown
    assert "After it: passes" in words(page)


def test_a_wrong_line_is_answered_kindly() -> None:
    page = open_page(lesson="bugs", bug="norms", line="1")
    assert "is as it should be" in words(page)


def pasted(text: str, **query: str) -> AppTest:
    page = open_page(lesson="check", **query)
    return settled(healthy(page.text_area[0].set_value(text).run()))


def test_check_my_resnet_without_a_fault() -> None:
    page = pasted(str(torchvision.models.resnet18()))
    assert "no difference" in words(page) and "ResNet-18" in words(page)
    assert "lesson" in page.query_params and len(page.query_params) == 1  # the text is in no link
    assert "works in place" in words(page)  # as torchvision's do, which is no mistake
    assert not any("The same mistake" in each.proto.label for each in page.get("page_link"))


def test_check_my_resnet_with_the_classic() -> None:
    net = torchvision.models.resnet50()
    block = net.layer1[0]
    block.bn2 = torch.nn.BatchNorm2d(256)
    del block.bn3
    said = words(pasted(str(net)))
    assert "layer1.0.bn2" in said and "256" in said and "twice" in said


def test_after_a_finding_the_network_that_was_meant_and_the_same_mistake_are_a_click_away() -> None:
    net = torchvision.models.resnet50()
    block = net.layer1[0]
    block.bn2 = torch.nn.BatchNorm2d(256)
    del block.bn3
    page = pasted(str(net))
    links = {each.proto.label: each.proto.query_string for each in page.get("page_link")}
    assert links["Fix it: see layer1.0.bn2 as it was meant"] == "net=resnet50&at=layer1.0.bn2"
    assert links["The same mistake: The norm that never was"] == "lesson=bugs&bug=norms"


def test_fix_it_opens_the_network_that_was_meant_and_the_difference_beside_it() -> None:
    net = torchvision.models.resnet50()
    net.layer1[0].bn2 = torch.nn.BatchNorm2d(256)
    for block in net.layer3:
        block.conv2 = torch.nn.Conv2d(256, 256, 5, block.conv2.stride, 2, bias=False)
    page = pasted(str(net))
    rows = beside(page)
    where = "layer3.0.conv2 and 5 more"
    assert rows == [
        ["layer1.0.bn2", "features", "256 → 64"],
        [where, "kernel", "5×5 → 3×3"],
        [where, "padding", "2 → 1"],
    ]
    (query,) = [each.proto.query_string for each in page.get("page_link") if "layer1.0.bn2" in each.proto.label]
    page.query_params.clear()
    page.query_params.update(dict(part.split("=") for part in query.split("&")))
    page.switch_page("pages/architecture.py")
    healthy(page.run())
    assert link(page, "net") == "resnet50" and beside(page) == rows
    page.query_params["net"] = "resnet18"
    assert not healthy(page.run()).table  # another network
    page.query_params["net"] = "resnet50"
    assert healthy(page.run()).table
    put_away = next(button for button in page.button if button.label == "Put it away")
    assert not healthy(put_away.click().run()).table


def test_the_differences_go_with_the_text() -> None:
    page = pasted(str(torchvision.models.resnet18()), meant="resnet34")
    assert ["layer3", "blocks", "2 → 6"] in beside(page)
    page.switch_page("pages/architecture.py")
    page.query_params.clear()
    page.query_params["net"] = "resnet34"
    assert healthy(page.run()).table
    page.query_params.clear()
    page.query_params["lesson"] = "check"
    page.switch_page("pages/ideas.py")
    healthy(page.run())
    healthy(page.text_area[0].set_value("").run())
    page.switch_page("pages/architecture.py")
    page.query_params.clear()
    page.query_params["net"] = "resnet34"
    assert not healthy(page.run()).table


def test_of_a_great_many_differences_the_page_shows_some() -> None:
    net = torchvision.models.resnet18()
    for number, module in enumerate(net.modules()):
        if isinstance(module, torch.nn.Conv2d):
            module.padding, module.dilation, module.stride = (number + 2,) * 2, (number + 2,) * 2, (number + 3,) * 2
    page = pasted(str(net), meant="resnet18")
    assert len(beside(page)) == 40 and "more differences, which come after these" in words(page)


def beside(page: AppTest) -> list[list[str]]:
    """The rows of the only table: where, what, and what the text has → what was meant."""
    (table,) = page.table
    return [[str(cell).replace("\\", "") for cell in row] for row in table.value.reset_index().to_numpy()]


def test_of_many_networks_in_a_text_a_few_are_named() -> None:
    students = {f"student{place}": torchvision.models.resnet18() for place in range(6)}
    said = words(pasted(str(torch.nn.ModuleDict({"teacher": torchvision.models.resnet50(), **students}))))
    assert "student3 (stages of 2, 2, 2, 2 blocks) and 2 more: paste that alone" in said


def test_check_my_resnet_with_pytorchs_error() -> None:
    net = torchvision.models.resnet50(num_classes=10)
    with pytest.raises(RuntimeError) as raised:
        net.load_state_dict(torchvision.models.resnet50().state_dict())
    page = pasted(str(raised.value))
    assert "has 1,000 classes in the file and 10 in the network" in words(page)
    assert any("load_state_dict(state, strict=False)" in code.value for code in page.code)


def test_a_message_of_pytorchs_shows_no_other_network_to_paste() -> None:
    with pytest.raises(RuntimeError) as raised:
        torchvision.models.resnet50().load_state_dict(torchvision.models.resnet18().state_dict())
    said = words(pasted(str(raised.value)))
    assert "a file of ResNet-18" in said and "paste that alone" not in said


def test_the_error_that_a_bug_prints_leads_to_the_bug() -> None:
    page = pasted("RuntimeError: running_mean should contain 256 elements not 64")
    links = {each.proto.label: each.proto.query_string for each in page.get("page_link")}
    assert links["The same mistake: The norm that never was"] == "lesson=bugs&bug=norms"


def test_check_against_what_was_meant() -> None:
    said = words(pasted(str(torchvision.models.resnet18()), meant="resnet34"))
    assert "ResNet-34" in said and "no difference" not in said


def test_check_against_my_network() -> None:
    page = opened_with_my_network("ideas", "resnet18~shortcut-C", lesson="check")
    healthy(page.button(key="my_network").click().run())
    assert link(page, "meant") == "resnet18~shortcut-C"
    assert page.button(key="my_network").disabled
    settled(healthy(page.text_area[0].set_value(str(build(from_url("resnet18~shortcut-C")))).run()))
    assert "no difference" in words(page)
    assert page.selectbox(key="meant.pick").value == "custom"
    healthy(page.selectbox(key="meant.pick").select("").run())
    assert "meant" not in page.query_params


def test_a_long_check_is_the_queues_and_not_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text with 19,900 convolutions costs the page's script no more than a short one, with nobody to check it."""
    idle = JobQueue(workers=0)
    monkeypatch.setattr("explorer.ui.widgets.job_progress.queue", lambda: idle)
    convolutions = "".join(f"  (c{at}): Conv2d(3, 3, kernel_size=(1, 1), stride=(1, 1))\n" for at in range(19_900))
    page = open_page(lesson="check")
    healthy(page.text_area[0].set_value(f"Net(\n{convolutions})").run())
    assert page.status and "What you see" not in words(page) and not page.warning


NONSENSE = ["hello", "x" * 5000, "ResNet(", "<script>alert(1)</script>", "import os\nos.remove('x')"]


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_network_is_said(text: str) -> None:
    page = pasted(text)
    assert page.warning and "What you see" not in words(page)


def test_check_a_state_dict() -> None:
    page = open_page(lesson="check")
    page.get("file_uploader")[0].upload("mine.safetensors", save(build(preset("resnet20")).state_dict()))
    assert "no difference" in words(settled(healthy(page.run())))
    page.get("file_uploader")[0].upload("mine.safetensors", b"PK\x03\x04 a pickle")
    assert "can run code" in words(settled(healthy(page.run())))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"lesson": "knitting"}, "“Lesson” is 'knitting' in this link"),
        ({"distance": "0.35"}, "“How far H is from it” is '0.35' in this link"),
        ({"distance": "nan"}, "“How far H is from it” is 'nan' in this link"),
        ({"lesson": "saturation", "depth_of_stack": "5000"}, "is '5000' in this link"),
        (
            {"lesson": "saturation", "bends": "leaky_rely"},
            "must be one of ReLU, Leaky ReLU, GELU, Sigmoid, Tanh; “Sigmoid”",
        ),
        ({"lesson": "bugs", "bug": "moth"}, "“Which program” is 'moth' in this link"),
        ({"lesson": "bugs", "line": "99"}, "“Which line is wrong?” is '99' in this link"),
        ({"lesson": "convolutions", "chain": "seven"}, "Layer 1, 'seven', is none"),
        ({"lesson": "convolutions", "input_side": "-1"}, "Side of the input"),
        ({"lesson": "convolutions", "kernel": "7", "map_side": "1", "padding": "0"}, "does not fit"),
        ({"lesson": "bottleneck", "at_channels": "10"}, "10 channels cannot shrink by 4"),
        ({"lesson": "bottleneck", "at_side": "1e9"}, "Side of the input"),
        ({"lesson": "field", "field_of": "vgg"}, "“ResNet-20” is 'vgg' in this link"),
        ({"lesson": "field", "field_after": "layer9.0"}, "“After” is 'layer9.0' in this link"),
        ({"lesson": "check", "meant": "vgg"}, "This link's network cannot be shown"),
    ],
)
def test_nonsense_is_said(query: dict[str, str], said: str) -> None:
    page = open_page(**query)
    assert said in "\n".join(warnings(page)).replace("\\", "")
    assert page.header
