"""Paths of somebody's own for the tests of files: a hostile one, and one with a step of every kind."""

from explorer.paths.answers import Truth
from explorer.paths.handouts.values import Experiment, Handout, StepHandout
from explorer.paths.values import Option, Path, Question, Step

EVIL = "<script>alert(1)</script>\"'&`*[x](javascript:alert(1))<img src=x onerror=alert(1)>"
HOSTILE = Path(
    EVIL[:80],
    (
        Step(
            EVIL[:80],
            "ideas",
            (("lesson", EVIL),),
            Question(EVIL, (Option(EVIL, "a", EVIL), Option("B", "b", EVIL)), EVIL[:20], right=1),
            EVIL,
            EVIL,
        ),
        Step("A number", "ideas", (("lesson", "bugs"),), Question(EVIL, unit=EVIL[:20])),
    ),
)
MADE = Handout(
    HOSTILE,
    (
        StepHandout(HOSTILE.steps[0], Truth(None, (EVIL,), place=1), Experiment((), (EVIL,)), "print('own')"),
        StepHandout(HOSTILE.steps[1], Truth(3.5)),
    ),
)
EVERY_KIND = Path(
    "Every kind",
    (
        Step("Drawing", "architecture", (("net", "resnet20"),)),
        Step("Budget", "compare", (("net1", "resnet20"), ("net2", "resnet56"), ("measure", "macs"))),
        Step("Curves", "training", (("experiment", "Recorded runs"), ("recorded", "digits, 1,000 steps"))),
        Step("Cuts", "training", (("experiment", "Damage"), ("damaged", "residual-20-seed0"))),
        Step("Flow", "gradients", (("flow", "resnet20~image_size-8"), ("seeds", "1"), ("images", "2"))),
        Step(
            "Steps",
            "gradients",
            (("flow", "plain20~image_size-8"), ("view", "First steps"), ("sgd_steps", "2"), ("images", "2")),
        ),
        Step("Forms", "ideas", (("distance", "0.3"),)),
        Step("Two layers", "ideas", (("form", "two_relu"), ("training", "2"))),
        Step("Receipt", "architecture", (("net", "resnet50"), ("at", "layer2.0.downsample.0"))),
        Step("Changes", "compare", (("net1", "resnet34"), ("net2", "resnet50"), ("tab", "What changes"))),
        Step("Norms", "training", (("experiment", "Train or eval?"), ("modes_batch", "8"))),
        Step("Another class", "cam", (("sample", "china"), ("class", "3"))),
        Step("Tests", "cam", (("sample", "china"), ("look", "Believe it?"))),
        Step("Map", "cam", (("sample", "china"), ("weights", "fashion-resnet20"))),
    ),
)
