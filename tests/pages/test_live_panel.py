"""The live panel: what it says while it waits, when it is done, and when the server cannot; nobody waits for it."""

import threading
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import explorer.live.inspect
from explorer.jobs.bounds import Bounds
from explorer.jobs.queue import JobQueue
from explorer.live.devices import Device
from tests.pages.helpers import PATIENCE_S, healthy, metric, opened, rerun_until

open_page = partial(opened, "architecture")


def states(page: AppTest) -> list[str]:
    return [each.label for each in page.status]


def test_says_that_network_and_arithmetic_agree() -> None:
    page = rerun_until(open_page(net="resnet20"), lambda page: bool(page.success))
    (words,) = [each.value for each in page.success]
    assert "269,722 parameters: agrees with the arithmetic in every layer" in words
    assert not states(page)


def test_a_disagreement_is_shown_with_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    real = explorer.live.inspect.inspect_live

    def falsified(*args: Any, **kwargs: Any) -> Any:
        mismatch = explorer.live.inspect.Mismatch("layer1.0.conv1", "parameters", "2,304", "2,305")
        return replace(real(*args, **kwargs), mismatches=(mismatch,))

    monkeypatch.setattr(explorer.live.inspect, "inspect_live", falsified)
    page = rerun_until(open_page(net="resnet20"), lambda page: bool(page.error))
    (words,) = [each.value for each in page.error]
    assert "layer1.0.conv1" in words
    assert not page.success


def test_a_long_measurement_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    started, finish = threading.Event(), threading.Event()
    real = explorer.live.inspect.inspect_live

    def slow(*args: Any, **kwargs: Any) -> Any:
        started.set()
        assert finish.wait(PATIENCE_S)
        return real(*args, **kwargs)

    monkeypatch.setattr(explorer.live.inspect, "inspect_live", slow)
    one = open_page(net="resnet20")
    assert started.wait(PATIENCE_S)
    try:
        healthy(one.run())
        assert metric(one, "Parameters") == "269,722"  # picture, table and numbers are there
        assert any("Building" in words for words in states(one))
        two = open_page(net="resnet32")
        assert metric(two, "Parameters") == "464,154"
        assert any("place 1 in the queue" in words for words in states(two))
    finally:
        finish.set()
    rerun_until(one, lambda page: bool(page.success))
    rerun_until(two, lambda page: bool(page.success))


def test_a_full_queue_is_said_politely(fresh_queue: JobQueue) -> None:
    fresh_queue._bounds = Bounds(max_waiting=0, shared=0, max_per_owner=4)
    page = open_page(net="resnet20")
    assert any("try again" in each.value for each in page.info)
    assert metric(page, "Parameters") == "269,722"


def test_devices_are_a_choice_where_there_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    here = (Device("cuda:77", "A GPU"), Device("cpu", "CPU"))
    monkeypatch.setattr(explorer.live.inspect, "devices", lambda: here)
    page = open_page(net="resnet20", device="cpu")
    (choice,) = [each for each in page.segmented_control if each.key == "device.widget"]
    assert choice.options == ["cuda:77: A GPU", "cpu: CPU"]
    assert choice.value == "cpu"
    rerun_until(page, lambda page: bool(page.success))

    # A GPU that has gone since: said in a sentence, and the rest of the page stands.
    gone = rerun_until(open_page(net="resnet20"), lambda page: bool(page.error))
    assert "no device" in gone.error[0].value
    assert metric(gone, "Parameters") == "269,722"
