"""Live networks on a real GPU; runs where there is one."""

from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from explorer import ResNetConfig, inspect_live, preset
from explorer.live import preflight as preflights
from explorer.live.devices import DeviceError
from explorer.live.preflight import preflight
from tests.accelerators import a_tenth_of, accelerators
from tests.live.reports import SMALL, check
from tests.network.strategies import configs


@pytest.mark.gpu
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(configs())
def test_any_network_agrees_on_the_gpu(config: ResNetConfig) -> None:
    for device in accelerators():
        report = inspect_live(config, device.name, batch_size=2)
        check(report)
        assert report.ran


@pytest.mark.gpu
def test_the_peak_on_the_gpu_is_within_the_estimate() -> None:
    config = preset("resnet50")
    for device in accelerators():
        inspect_live(config, device.name)  # the libraries load their kernels into memory the first time
        report, estimate = inspect_live(config, device.name, batch_size=16), preflight(config, device.name, 16)
        assert report.weight_bytes < report.peak_bytes < 2 * estimate.bytes_needed


@pytest.mark.gpu
def test_a_gpu_that_runs_out_says_so_and_is_empty_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflights, "free_bytes", lambda device: 2**60)
    monkeypatch.setattr(preflights, "MAX_MACS", dict.fromkeys(("cuda", "mps"), 2**70))
    config = replace(preset("resnet18"), widths=(1024,) * 4, in_channels=1, image_size=2048)  # 4 GiB an image
    for device in (device for device in accelerators() if device.kind == "cuda"):
        before, size = torch.cuda.memory_allocated(device.name), torch.cuda.mem_get_info(device.name)[1]
        with a_tenth_of(device), pytest.raises(DeviceError, match="ran out of memory"):
            inspect_live(config, device.name, batch_size=size // 2**32 + 1)
        assert torch.cuda.memory_allocated(device.name) == before
        assert inspect_live(SMALL, device.name).agrees
