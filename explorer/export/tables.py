"""What people take away: the layer table as CSV and JSON, and the network as a file of PyTorch."""

import json
from dataclasses import asdict
from typing import Any

from explorer.export.csv_text import csv_text
from explorer.export.pytorch_file import to_python
from explorer.network.architecture import Architecture
from explorer.network.layer import Layer
from explorer.network.links import to_url
from explorer.network.names import name_of

__all__ = ["FORMAT", "to_csv", "to_json", "to_python"]

FORMAT = 1  # of the JSON; a reader may rely on every key of this format


def to_csv(arch: Architecture) -> str:
    """The layer table as ``csv_text`` writes it: a header and one row a layer in forward order.

    Shapes are of one image, sides in pixels; MACs are multiply-adds of convolutions and classifier; shares are
    fractions of the network's total.
    """
    rows = [_row(layer, arch) for layer in arch.layers]
    return csv_text(list(rows[0]), (list(row.values()) for row in rows))


def to_json(arch: Architecture) -> str:
    """The configuration, its totals and the layer table.

    ``ResNetConfig(**json.loads(text)["configuration"])`` is the configuration again. Shapes are [C, H, W] of one
    image.
    """
    config = arch.config
    document = {
        "format": FORMAT,
        "name": name_of(config),
        "url": to_url(config),
        "configuration": asdict(config),
        "totals": {
            "params": arch.params,
            "buffers": arch.buffers,
            "macs": arch.macs,
            "depth": arch.depth,
            "activation_bytes": arch.activation_bytes,
            "receptive_field": arch.receptive_field,
        },
        "layers": [_record(layer, arch) for layer in arch.layers],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _row(layer: Layer, arch: Architecture) -> dict[str, Any]:
    """The layer's record, flat: a shape is three columns, and each formula is one."""
    row: dict[str, Any] = {}
    for key, value in _record(layer, arch).items():
        if key == "formulas":
            row |= {f"{name}_formula": formula for name, formula in value.items()}
        elif key.endswith("_shape"):
            row |= {key.replace("shape", side): size for side, size in zip(_SIDES, value, strict=True)}
        else:
            row[key] = value
    return row


_SIDES = ("channels", "height", "width")


def _record(layer: Layer, arch: Architecture) -> dict[str, Any]:
    """Every number of a layer by name, with the formula it came from."""
    return {
        "name": layer.name,
        "kind": layer.kind,
        "stage": layer.stage,
        "block": layer.block,
        "role": layer.role,
        "on_shortcut": layer.on_shortcut,
        "input_shape": layer.input_shape,
        "output_shape": layer.output_shape,
        "kernel": layer.kernel,
        "stride": layer.stride,
        "padding": layer.padding,
        "params": layer.params,
        "params_share": layer.params / arch.params,
        "buffers": layer.buffers,
        "macs": layer.macs,
        "macs_share": layer.macs / arch.macs,
        "receptive_field": layer.receptive_field,
        "jump": layer.jump,
        "activation_bytes": layer.activation_bytes,
        "formulas": {
            "params": layer.formula,
            "macs": layer.macs_formula,
            "size": layer.size_formula,
            "channels": layer.channels_formula,
            "receptive_field": layer.field_formula,
            "activation_bytes": layer.bytes_formula,
        },
    }
