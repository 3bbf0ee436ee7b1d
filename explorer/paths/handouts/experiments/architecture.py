"""The Architecture page: the whole network as a drawing, and the selected layer or block with its receipt."""

import json
from collections.abc import Iterable, Iterator, Mapping

from explorer.charts.network.block import block_diagram
from explorer.charts.network.diagram import network_diagram
from explorer.charts.palette import ROLE_COLOURS
from explorer.charts.table_twin import Row
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.explanation import what_you_see
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Kind, Role
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.receipts import layer_receipt, unit_receipt
from explorer.paths.handouts.pictures import of_drawing
from explorer.paths.handouts.values import Ask, Experiment


def experiment(query: Mapping[str, str], _device: str, _ask: Ask) -> Experiment:
    """The network of the link."""
    arch, name = _network(query), query.get("at", "")
    layer = arch.by_name.get(name)
    unit = layer.unit if layer else name if name in arch.units else None
    wide, tall = network_diagram(arch, unit), network_diagram(arch, unit, tall=True)
    whole = of_drawing(f"{name_of(arch.config)}: the whole network", wide, tall, _legend(_drawn(arch)))
    if unit is None:
        return Experiment((whole,), (what_you_see(arch),))
    receipt = layer_receipt(arch, layer) if layer else unit_receipt(arch, unit)
    rows: list[Row] = [{"what": line.what, "sum": line.formula, "meaning": line.meaning} for line in receipt]
    wide, tall = block_diagram(arch, unit, name), block_diagram(arch, unit, name, tall=True)
    opened = of_drawing(
        f"Inside {unit}, and the receipt of {name}",
        wide,
        tall,
        _legend(layer.role for layer in arch.unit_layers(unit)),
        rows,
    )
    said = [f"{line.what}: {line.formula}" for line in receipt]
    return Experiment((whole, opened), (what_you_see(arch), *said))


def _drawn(arch: Architecture) -> Iterator[Role]:
    """The roles that the picture of the whole network shows."""
    yield from (layer.role for layer in arch.layers if layer.kind in (Kind.CONV, Kind.LINEAR))
    if not arch.config.is_plain:
        yield Role.SHORTCUT


def _legend(roles: Iterable[Role]) -> list[tuple[str, str]]:
    drawn = set(roles)
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
