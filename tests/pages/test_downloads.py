"""Take it away: each kind of file, what is said of it, and those with weights, written in the background."""

import ast
from collections.abc import Callable
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from explorer import preset, to_keras, to_tikz
from explorer.export.onnx_file import to_onnx
from explorer.export.weights_file import to_safetensors
from explorer.ui.architecture import downloads
from explorer.ui.architecture.choices import FILE
from tests.pages.helpers import healthy, opened, rerun_until

open_files = partial(opened, "architecture", files="true")


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.get("download_button")]


def test_the_pytorch_file_is_the_first_and_can_be_read_here() -> None:
    page = open_files(net="resnet18")
    (code,) = [each.value for each in page.code]
    assert "class ResNet(nn.Module)" in code
    assert labels(page) == ["PyTorch file"]


def test_keras_and_tikz_can_be_read_here() -> None:
    page = open_files(net="resnet18", file="keras")
    assert [each.value for each in page.code] == [to_keras(preset("resnet18")).strip()]
    assert ast.parse(page.code[0].value)
    page = open_files(net="resnet18", file="tikz")
    assert [each.value for each in page.code] == [to_tikz(preset("resnet18")).strip()]
    assert labels(page) == ["TikZ file"]


@pytest.mark.parametrize(
    ("kind", "write", "label"),
    [("onnx", to_onnx, "ONNX file"), ("safetensors", to_safetensors, "safetensors file")],
)
def test_files_with_weights_are_written_when_somebody_asks(
    kind: str, write: Callable[..., bytes], label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bytes] = []
    real = downloads._button
    monkeypatch.setattr(downloads, "_button", lambda *args: (taken.append(args[1]()), real(*args)))
    page = open_files(net="resnet20", file=kind)
    assert labels(page) == [] == taken
    assert any("initial ones (seed 0): nothing is trained" in each.value for each in page.caption)
    page = rerun_until(page, lambda page: any(button.key == f"take_{kind}.now" for button in page.button))
    healthy(page.button(key=f"take_{kind}.now").click().run())
    page = rerun_until(page, lambda page: bool(labels(page)))
    assert labels(page)[0].startswith(f"{label}, 1.0")
    assert taken[-1] == write(preset("resnet20"))


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_file_too_large_for_the_server_is_refused_with_a_way(kind: str) -> None:
    page = open_files(net="resnet152~widths-128.256.512.1024", file=kind)
    (words,) = [each.value for each in page.info if "at a time" in each.value]
    assert "it would have 9" in words and f"`to_{kind}` of the library writes it" in words
    assert not page.get("download_button")


def test_without_onnx_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "find_spec", lambda name: None)
    page = open_files(net="resnet20", file="onnx")
    assert any("has no package onnx" in each.value for each in page.info)
    assert not page.get("download_button")


def test_every_kind_has_its_words() -> None:
    assert {*downloads._TEXTS, *downloads._WEIGHTS} == set(FILE.options) == set(downloads._LABELS)
