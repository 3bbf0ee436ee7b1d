"""The preflight: what is refused before anything is built, and in which words."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ResNetConfig, analyze, build, from_url, inspect_live, preset
from explorer.live import preflight as preflights
from explorer.live.preflight import (
    estimated_weight_bytes,
    peak_activation_bytes,
    preflight,
    preflight_training,
    workspace_bytes,
)
from explorer.live.torchinfo_rows import TensorMemory
from tests.live.reports import SMALL, check
from tests.network.strategies import configs


def test_the_estimate_has_four_parts() -> None:
    arch, found = analyze(preset("resnet50")), preflight(preset("resnet50"), batch_size=3)
    stored = 4 * (arch.params + arch.buffers)
    assert found.bytes_needed == stored + 2 * (3 * peak_activation_bytes(arch) + workspace_bytes(arch, 3))
    assert found.fits
    assert found.reason == ""
    assert found.macs == 3 * arch.macs


def test_the_peak_of_resnet50_by_hand() -> None:
    """At the last activation of layer1.1: its input and output, the branch, the block's input (256x56x56 each), the
    stage's input (64x56x56) and the image."""
    values = 4 * 256 * 56 * 56 + 64 * 56 * 56 + 3 * 224 * 224
    assert peak_activation_bytes(analyze(preset("resnet50"))) == 4 * values


TWENTY = [
    "resnet18", "resnet18~order-pre~image_size-128", "resnet34~shortcut-C~image_size-128", "plain34~image_size-96",
    "resnet50", "resnet50~order-pre", "resnet50~norm-none~image_size-96", "resnet50~shortcut-A~image_size-96",
    "resnet50_v1~activation-gelu~image_size-128", "resnet50d", "resnet50d~order-pre",
    "resnet50d~stem-cifar~image_size-32",
    "resnet50~shortcut-avgpool_projection~image_size-97", "resnet50~shortcut-avgpool~order-pre~image_size-96",
    "resnet101~image_size-96", "keras_resnet50~image_size-96", "resnet20", "resnet56~order-pre", "preact_resnet164",
    "kuangliu_resnet50",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("link", TWENTY)
def test_the_tensors_alive_are_within_the_estimate_and_not_far_below(link: str) -> None:
    config = from_url(link)
    net, images = build(config).eval(), torch.zeros(1, 3, config.image_size, config.image_size)
    with torch.inference_mode(), TensorMemory() as memory:
        net(images)
    alive = memory.peak_bytes + images.nbytes + estimated_weight_bytes(analyze(config))
    assert 0.6 <= alive / preflight(config).bytes_needed <= 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's memory from /proc")
def test_a_process_grows_by_no_more_than_the_estimate_and_not_far_less() -> None:
    """What counts on a shared server: with the maps that malloc keeps, and the convolutions' workspace."""
    links = ["resnet50d", "resnet50d~order-pre", "resnet50", "resnet50~order-pre", "resnet18", "resnet34~order-pre"]
    command = [sys.executable, "-m", "tests.live.forward_growth", *links]
    grown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    estimates = [preflight(from_url(link), batch_size=2).bytes_needed for link in links]
    ratios = [took / estimate for took, estimate in zip(grown, estimates, strict=True)]
    assert 0.6 <= min(ratios) <= max(ratios) <= 1, ratios


def test_too_much_memory_is_refused_with_numbers() -> None:
    config = replace(preset("resnet50"), image_size=2048)
    found = preflight(config, batch_size=4096)
    assert not found.fits
    assert found.bytes_needed > found.bytes_free
    assert found.reason.startswith("It would need about 11.9 TiB on cpu for 4,096 images")
    assert "Take a smaller batch, a smaller image" in found.reason


@pytest.mark.slow
def test_too_much_work_is_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    report = inspect_live(replace(preset("resnet152"), image_size=2048))
    check(report)
    assert not report.ran
    assert report.note.startswith("One forward pass of one image takes 962 G multiply-adds, and on cpu this shared")
    assert "at most 150 G at a time" in report.note


def test_too_many_weights_are_refused_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    config = replace(preset("resnet50"), widths=(4096,) * 4, image_size=32, stem="cifar")
    found = preflight(config)
    assert found.reason.startswith("It has 5.4 G parameters and this server draws at most 500 M random weights")


def test_the_estimate_of_a_training_step_by_hand() -> None:
    """Weights, buffers and gradients; all outputs, the max pool's indices (8 bytes each), the batch statistics and
    the images; three of the largest maps (64x112x112); and the workspace."""
    arch, found = analyze(preset("resnet50")), preflight_training(preset("resnet50"), batch_size=2)
    stored = 4 * (2 * arch.params + arch.buffers)
    kept = 2 * (arch.activation_bytes + 8 * 64 * 56 * 56 + 4 * 3 * 224 * 224) + 4 * arch.buffers
    assert found.bytes_needed == stored + kept + 2 * 3 * 4 * 64 * 112 * 112 + workspace_bytes(arch, 2)
    assert found.macs == 2 * 3 * arch.macs
    assert found.fits


def test_a_training_step_that_is_too_much_is_refused_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    config = preset("resnet50")
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**50)
    assert preflight(config, batch_size=20).fits
    work = preflight_training(config, batch_size=20)
    assert work.reason.startswith("One training step of 20 images takes 245 G multiply-adds, and on cpu this shared")
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**28)
    assert preflight(config).fits
    memory = preflight_training(config)
    assert memory.reason.startswith("A training step would need about ")
    assert "on cpu for one image, and of the 256 MiB free there it may take 205 MiB" in memory.reason


def test_what_others_hold_counts_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = preflight(SMALL).bytes_needed
    monkeypatch.setattr(preflights, "free_bytes", lambda device: int(1.5 * needed))
    assert preflight(SMALL).fits
    crowded = preflight(SMALL, beside=needed)
    assert crowded.bytes_needed == needed
    assert re.search(r"on cpu for one image beside \d.* of the other networks, and of the \d", crowded.reason)


@pytest.mark.slow
@settings(max_examples=100)
@given(configs(), st.integers(1, 2))
def test_a_single_value_a_channel_is_known_beforehand(config: ResNetConfig, batch_size: int) -> None:
    """PyTorch's batch norm refuses to train on it; here it says so itself."""
    config = replace(config, image_size=8 if config.image_size > 20 else config.image_size)
    try:
        reason = preflight_training(config, batch_size=batch_size).reason
    except ValueError:  # too small an image for this network
        return
    net, images = build(config).train(), torch.zeros(batch_size, config.in_channels, *[config.image_size] * 2)
    if reason:
        assert "at least 2 images" in reason
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            net(images)
    else:
        assert net(images).shape == (batch_size, config.num_classes)


@pytest.mark.parametrize("batch_size", [0, -1, 4097, 10**6])
def test_a_senseless_batch_is_an_error(batch_size: int) -> None:
    with pytest.raises(ValueError, match=rf"batch_size is {batch_size}: it must be a whole number from 1 to 4,096"):
        inspect_live(SMALL, batch_size=batch_size)


def test_a_network_that_cannot_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"layer4\.0\.conv2 would halve a map"):
        inspect_live(replace(preset("resnet50"), image_size=16))
