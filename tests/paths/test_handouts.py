"""What a step's page shows, as a file has it: pictures, numbers, sentences and code that runs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.server import ROOT
from explorer import from_url, to_url
from explorer.ideas.identity import IdentitySetting
from explorer.ideas.measure.identity import identity_run
from explorer.jobs.idle import Request
from explorer.live.progress import no_progress
from explorer.paths.handouts.experiments import code_of
from explorer.paths.handouts.job import _Known, handout
from explorer.paths.handouts.notebook import notebook
from explorer.paths.handouts.offline import offline_page
from explorer.paths.handouts.values import Handout, StepHandout
from explorer.paths.shipped import SHIPPED
from explorer.paths.shipped.believe_a_map import BELIEVE_A_MAP
from explorer.paths.truths import recorded
from explorer.paths.values import Option, Path, Question, Step
from explorer.ui.cam import choices as cam
from explorer.ui.compare import choices as compare
from explorer.ui.gradients import choices as gradients
from explorer.ui.ideas import choices as ideas
from explorer.ui.state.url_control import Control
from explorer.ui.training import choices as training
from explorer.ui.training import damage_choices as damage
from explorer.ui.training import modes_choices as modes
from tests.paths.handout_samples import EVERY_KIND

ADDRESS = "http://localhost/"
FORMS = Step("Forms", "ideas", (("distance", "0.5"), ("training", "7"), ("wanted", "negation")))


@cache
def every_kind() -> Handout:
    return handout(EVERY_KIND)


def code_alone(*steps: Step) -> bytes:
    """A notebook of what these steps show, without their answers."""
    found = {code_of(step): step for step in steps}  # what is asked twice is run once
    path = Path("All", tuple(found.values())[:20])
    steps = tuple(StepHandout(step, code=code) for code, step in found.items())
    return notebook(Handout(path, steps), ADDRESS)


RUN = """
import json, sys

for name in sys.argv[1:]:
    names = {"__name__": "__main__"}
    for cell in json.load(open(name, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{name} {cell['id']}", "exec"), names)
    print(json.dumps(names.get("final")), end="\\f")
"""


def run(folder: FilePath, **books: bytes) -> dict[str, str]:
    """All that the cells of each notebook print, run one after another by a Python of their own: 3 s to load torch.

    Not by a Jupyter kernel: nbclient and ipykernel bring thirty packages for what ``exec`` does.
    """
    for name, book in books.items():
        (folder / name).write_bytes(book)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", RUN, *books]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(books, done.stdout.removesuffix("\f").split("\f"), strict=True))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What notebooks print: one with the steps of all paths, one with a step of every kind, one of PyTorch alone.

    Gradients flow through one block a stage, for through all of those of the paths they take 20 s.
    """
    assert "explorer" not in code_of(FORMS)
    return run(
        tmp_path_factory.mktemp("notebooks"),
        pytorch=code_alone(FORMS),
        kinds=notebook(every_kind(), ADDRESS),
        paths=code_alone(*(of_one_block_a_stage(step) for path in SHIPPED for step in path.steps)),
    )


@pytest.mark.slow
def test_every_kind_of_view_has_pictures_numbers_and_words() -> None:
    made = every_kind()
    for each in made.steps:
        assert not each.trouble, each.step.title
        assert each.experiment.pictures, each.step.title
        assert each.sentences, each.step.title
        for picture in each.experiment.pictures:
            assert picture.title
            roots = [ElementTree.fromstring(markup.replace("&nbsp;", " ")) for markup in (picture.wide, picture.narrow)
                     if markup.startswith("<svg")]  # fmt: skip
            assert all(root.get("aria-label") for root in roots)
            assert roots or picture.wide.startswith("<img")
        assert any(picture.rows for picture in each.experiment.pictures) or each.step.page == "architecture"
    page = offline_page(made, ADDRESS).decode()
    names = re.findall(r'\bid="([^"]*)"', page)
    assert len(set(names)) == len(names)
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(names)


@pytest.mark.slow
def test_the_notebooks_of_all_paths_run(printed: dict[str, str]) -> None:
    """Every line of them."""
    assert printed["paths"]


def of_one_block_a_stage(step: Step) -> Step:
    """A step about a gradient, with a network as short as it can be; the lines of its code are the same."""
    if step.page != "gradients":
        return step
    query = dict(step.query)
    config = from_url(query["flow"])
    query["flow"] = to_url(replace(config, stage_blocks=(1,) * len(config.stage_blocks)))
    short = replace(step, query=tuple(query.items()))
    changed = zip(code_of(step).splitlines(), code_of(short).splitlines(), strict=True)
    assert all(one == other or re.fullmatch(r' +"[^"]+": "[^"]+",', other) for one, other in changed)
    return short


@pytest.mark.slow
def test_a_notebook_finds_again_what_its_pages_say(printed: dict[str, str]) -> None:
    made = every_kind()
    for each in made.steps:
        assert each.code, each.step.title
        if each.step.page in ("compare", "gradients"):
            assert each.experiment.sentences[0] in printed["kinds"]


@pytest.mark.slow
def test_pytorch_alone_learns_what_the_lesson_learned(printed: dict[str, str]) -> None:
    found = json.loads(printed["pytorch"].splitlines()[-1])
    lesson = identity_run(IdentitySetting("negation", distance=0.5, steps=7))  # type: ignore[arg-type]
    assert found == {"F(x)": pytest.approx(lesson.plain.final), "x + F(x)": pytest.approx(lesson.residual.final)}


@pytest.mark.parametrize(
    ("page", "query", "trouble"),
    [
        ("ideas", {"lesson": "bugs"}, False),
        ("ideas", {"lesson": "<b>"}, False),
        ("training", {}, False),
        ("training", {"experiment": "Landscape"}, False),
        ("training", {"experiment": "Damage", "damaged": "nothing"}, False),
        ("gradients", {"view": "Depth"}, False),
        ("gradients", {"input": "images"}, False),
        ("cam", {}, False),
        ("cam", {"sample": "china", "weights": "resnet50"}, False),
        ("training", {"experiment": "Recorded runs", "recorded": "<b>"}, True),
        ("gradients", {"flow": "resnet999"}, True),
        ("gradients", {"seeds": "many"}, True),
        ("gradients", {"images": "1000000000"}, True),
        ("compare", {"net1": "'); import os; ('"}, True),
        ("compare", {"measure": "<b>"}, True),
        ("architecture", {"net": "resnet18~depth-x"}, True),
        ("ideas", {"distance": "nan"}, True),
        ("ideas", {"training": "1e9"}, True),
        ("cam", {"sample": "../../etc/passwd"}, True),
        ("cam", {"sample": "china", "layer": "layer9"}, True),
    ],
)
def test_a_view_of_another_kind_and_a_broken_link_keep_their_step(
    page: str, query: dict[str, str], trouble: bool
) -> None:
    asked = Question("Which?", (Option("A"), Option("B", wrong="It is A.")), right=0)
    made = handout(Path("Mine", (Step("Own", page, tuple(query.items()), asked),)))
    (step,) = made.steps
    assert not step.experiment.pictures
    assert bool(step.trouble) == trouble
    assert step.right == 0, "what the author says is right stays"
    assert b"It is A." in offline_page(made, ADDRESS)


def test_a_truth_and_its_picture_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known, calls = _Known(), []

    def work(what: int) -> int:
        calls.append(what)
        return what

    for _ in range(2):
        assert known.ask(no_progress, Request(work, (7,), "lane")) == 7
    assert calls == [7]
    question = SHIPPED[0].steps[0].question
    assert question and question.truth == "recorded.deeper_plain_training"
    asked: list[Any] = []
    monkeypatch.setattr(
        _Known, "ask", lambda self, tell, request: asked.append(request) or request.function(*request.args)
    )
    handout(Path("One", SHIPPED[0].steps[:1]))
    assert [(each.function, each.args) for each in asked] == [(recorded.recorded_set, ("Fashion-MNIST",))] * 2


def test_a_map_is_drawn_and_said_as_its_question_is_answered() -> None:
    (step,) = handout(Path("One", BELIEVE_A_MAP.steps[:1])).steps
    assert not step.trouble
    assert len(step.experiment.pictures) == 2
    assert step.truth
    assert set(step.truth.sentences) < set(step.experiment.sentences)


@pytest.mark.parametrize(
    ("page", "controls", "query"),
    [
        ("compare", compare.ALL, {}),
        ("gradients", gradients.ALL, {"relative": "true"}),
        ("ideas", ideas.ALL, {}),
        ("training", training.ALL, {"experiment": "Recorded runs"}),
        ("training", damage.ALL, {"experiment": "Damage"}),
        ("training", modes.ALL, {"experiment": "Train or eval?"}),
    ],
)
def test_what_a_link_leaves_out_is_the_pages_own_default(
    page: str, controls: Sequence[Control], query: dict[str, str]
) -> None:
    whole = {each.key: each.default for each in controls if each.default} | query
    made = [code_of(Step("A", page, tuple(given.items()))) for given in (query, whole)]
    assert made[0]
    assert made[0] == made[1]
    assert ("relative=True" in made[0]) == (page == "gradients")


def test_a_students_own_seed_is_in_the_file() -> None:
    recorded_runs = (("experiment", "Recorded runs"), ("recorded", "digits, 1,000 steps"))
    steps = [Step("A", "training", (*recorded_runs, ("recorded_seed", seed))) for seed in ("", "0", "3")]
    made = handout(Path("Mine", tuple(steps))).steps
    assert len({each.experiment.pictures[0].rows[-1]["plain-56"] for each in made}) >= 2
    assert made[1].experiment != made[2].experiment
    assert 'steps"), 3)' in made[2].code


def test_links_have_the_names_that_the_pages_use() -> None:
    """The library knows nothing of the pages' controls: here the two are held together."""
    names = {
        control.key for control in (*compare.ALL, *gradients.ALL, *ideas.ALL, *training.ALL, *damage.ALL, *modes.ALL)
    }
    read = {"measure", "share", "view", "contrast", "show", "relative", "input", "seeds", "images", "sgd_steps", "rate"}
    read |= {"lesson", "wanted", "form", "distance", "weights_scale", "learning", "training"}
    read |= {"experiment", "recorded", "recorded_seed", "curves"}
    read |= {"damaged", "modes_network", "modes_batch", "tab", "by"}
    assert read <= names
    assert set(gradients.GradientsView) >= {"Layer by layer", "At each add", "First steps"}
    assert set(compare.Tab) >= {"Budget", "What changes"}
    assert set(cam.CamView) >= {"The map", "Believe it?"}
    assert set(training.TrainingView) >= {"Recorded runs", "Damage", "Train or eval?"}
    assert {"look", "sample", "weights", "class", "layer", "against"} <= {
        each.key for each in vars(cam).values() if hasattr(each, "key")
    }
