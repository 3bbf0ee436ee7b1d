"""Weights brought beforehand, by the command that a teacher runs."""

import sys
from pathlib import Path

import pytest

from explorer.text.errors import Refusal
from explorer.ui import command
from explorer.weights.bring import chosen, main
from explorer.weights.catalogue import weight_set
from explorer.weights.load import is_cached
from tests.weights.shop import KEY, Shop


def test_it_brings_what_is_named_and_says_where(here: Shop, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0 and main([KEY]) == 0
    assert is_cached(weight_set(KEY)) and len(here.asked) == 1
    said = capsys.readouterr().out
    assert said.count("ResNet-18 (ImageNet V1): 44.7 MiB\n") == 1
    assert said.count("ResNet-18 (ImageNet V1): was here\n") == 1 and str(home) in said


def test_a_failure_says_what_to_do_by_hand(here: Shop, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here.status = 404
    assert main(["resnet18"]) == 1
    said = capsys.readouterr().err
    assert "it answered 404" in said and weight_set(KEY).url in said and str(home) in said


def test_unknown_names_are_said_and_nothing_is_brought(here: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resnet18", "vgg16"]) == 1
    assert "'vgg16': choose among resnet18-v1" in capsys.readouterr().err and not here.asked


@pytest.mark.parametrize(("name", "key"), [("resnet18", KEY), ("resnet50", "resnet50-v2"), ("resnet50-v1",) * 2])
def test_a_network_stands_for_its_most_accurate_weights(name: str, key: str) -> None:
    assert chosen(name).key == key


def test_what_comes_with_the_app_is_not_brought() -> None:
    with pytest.raises(Refusal, match="choose among"):
        chosen("fashion-resnet20")


@pytest.mark.usefixtures("home")
def test_the_command_hands_the_names_on(here: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["resnet-explorer", "weights", "resnet18"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 0 and is_cached(weight_set(KEY)) and len(here.asked) == 1
