"""Run as a process of its own: how many bytes it grows by when it builds a network and runs two images twice.

Arguments: links of networks. Prints one JSON list of bytes, in their order. Linux only.
"""

import ctypes
import gc
import json
import sys
from pathlib import Path

import torch

from explorer import ResNetConfig, build, from_url


def main(links: list[str]) -> None:
    configs = [from_url(link) for link in links]
    _grown(configs[0])  # the libraries load their code and their kernels, which belong to no network
    sys.stdout.write(json.dumps([_grown(config) for config in configs]))


def _grown(config: ResNetConfig) -> int:
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    before = _kilobytes("VmRSS")
    net = build(config).eval()
    images = torch.randn(2, config.in_channels, config.image_size, config.image_size)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew here (proc(5))
    with torch.inference_mode():
        net(images)
        net(images)
    return 1024 * (_kilobytes("VmHWM") - before)


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main(sys.argv[1:])
