"""Growth of a real server's memory over 300 different configurations, each opened from its link in a new session."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random
from urllib.parse import urlencode

import psutil

from bench.client import Visitor
from bench.result import Result
from bench.server import Server, serve
from explorer import PRESETS, ResNetConfig, analyze, to_url
from explorer.network.options import Activation, Shortcut

GOAL = 200.0
MEGABYTE = 1e6


def configurations(count: int, seed: int = 0) -> list[ResNetConfig]:
    """``count`` different networks: every preset, and variations of it, in a random but repeatable order.

    Raises:
        ValueError: more than there are.
    """
    distinct = _variations()
    if count > len(distinct):
        raise ValueError(f"There are {len(distinct)} configurations, not {count}.")
    return Random(seed).sample(distinct, count)


@cache
def _variations() -> list[ResNetConfig]:
    """All of them, each once."""
    distinct = {to_url(config): config for config in PRESETS.values()}
    variations = product(Shortcut, (Activation.RELU, Activation.GELU), (1.0, 1.5))
    everyday = [config for config in PRESETS.values() if config.depth <= 200]
    for config, (shortcut, activation, scale) in product(everyday, variations):
        size = int(config.image_size * scale)
        varied = replace(config, shortcut=shortcut, activation=activation, image_size=size)
        analyze(varied)
        distinct[to_url(varied)] = varied
    return list(distinct.values())


def run(count: int = 300, warm_up: int = 20) -> Iterator[Result]:
    """Visit ``warm_up`` configurations, then ``count`` others, and compare the server's resident memory."""
    networks = configurations(warm_up + count)
    with serve() as server:
        readings = [_resident_after(server, network) for network in networks]
    before, after = _typical(readings[:warm_up]), _typical(readings[warm_up:])
    yield Result(
        name=f"memory after {count} different configurations",
        measured=after - before,
        goal=GOAL,
        unit="MB more",
        at_least=False,
        ours=f"{after:,.0f} MB, never above {max(readings):,.0f} MB between visits",
        theirs=f"the same server after {warm_up} others, {before:,.0f} MB",
    )


def _resident_after(server: Server, network: ResNetConfig) -> float:
    """Megabytes of the server and its children once a new session has seen a network and all that is computed of it."""
    with Visitor(server, "architecture") as visitor:
        visitor.visit(urlencode({"net": to_url(network)}))
        visitor.settle()
    process = psutil.Process(server.process.pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family) / MEGABYTE)


def _typical(readings: Sequence[float]) -> float:
    """The median of the last ten: one reading depends on how large the network was that was just freed."""
    return statistics.median(readings[-10:])
