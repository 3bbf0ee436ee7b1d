"""ResNet Explorer as a library: one configuration, several readers that must agree.

``torch`` is imported only when a name that needs it is first used, so the arithmetic answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Layer
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.presets import PRESETS, preset

if TYPE_CHECKING:
    from explorer.cam.maps import grad_cam
    from explorer.export.tables import to_csv, to_json, to_python
    from explorer.gradients.measure import gradient_flow
    from explorer.live.inspect import inspect_live
    from explorer.network.model import build

_LAZY = {
    "build": "explorer.network.model",
    "grad_cam": "explorer.cam.maps",
    "gradient_flow": "explorer.gradients.measure",
    "inspect_live": "explorer.live.inspect",
    "to_csv": "explorer.export.tables",
    "to_json": "explorer.export.tables",
    "to_python": "explorer.export.tables",
}

__all__ = [
    "PRESETS",
    "Architecture",
    "Layer",
    "ResNetConfig",
    "analyze",
    "build",
    "from_url",
    "grad_cam",
    "gradient_flow",
    "inspect_live",
    "name_of",
    "preset",
    "to_csv",
    "to_json",
    "to_python",
    "to_url",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
