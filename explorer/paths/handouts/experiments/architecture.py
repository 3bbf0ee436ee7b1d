"""The Architecture page: the whole network as a drawing, and its layers."""

import json
from collections.abc import Mapping

from explorer.charts.network.diagram import network_diagram
from explorer.charts.palette import ROLE_COLOURS
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.explanation import what_you_see
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Kind, Role
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.paths.handouts.pictures import of_drawing
from explorer.paths.handouts.values import Ask, Experiment


def experiment(query: Mapping[str, str], _device: str, _ask: Ask) -> Experiment:
    """The network of the link."""
    arch = _network(query)
    wide, tall = network_diagram(arch), network_diagram(arch, tall=True)
    picture = of_drawing(f"{name_of(arch.config)}: the whole network", wide, tall, _legend(arch))
    return Experiment((picture,), (what_you_see(arch),))


def _legend(arch: Architecture) -> list[tuple[str, str]]:
    drawn = {layer.role for layer in arch.layers if layer.kind in (Kind.CONV, Kind.LINEAR)} - {Role.ATTENTION}
    if not arch.config.is_plain:
        drawn.add(Role.SHORTCUT)
    return [(ROLE_COLOURS[role], ROLE_LABELS[role]) for role in ROLE_LABELS if role in drawn]


def _network(query: Mapping[str, str]) -> Architecture:
    return analyze(from_url(query.get("net", "resnet50")))


def code(query: Mapping[str, str]) -> str:
    """Python that lists the network's layers."""
    arch = _network(query)
    return f"""\
from explorer import analyze, from_url

arch = analyze(from_url({json.dumps(to_url(arch.config))}))
print(f"{{arch.params:,}} parameters, {{arch.macs:,}} MACs, {{arch.depth}} weighted layers")
for layer in arch.layers:
    if layer.params:
        print(f"{{layer.name:28}} {{layer.params:>12,}} {{layer.output_shape}}")"""
