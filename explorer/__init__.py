"""ResNet Explorer as a library: one configuration, several readers that must agree.

``torch`` is imported only when a name that needs it is first used, so the arithmetic answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.arithmetic import Architecture, analyze
from explorer.config import ResNetConfig
from explorer.layer import Layer
from explorer.presets import PRESETS, from_url, name_of, preset, to_url

if TYPE_CHECKING:
    from explorer.cam import grad_cam
    from explorer.export import to_csv, to_json, to_python
    from explorer.gradients import gradient_flow
    from explorer.live import inspect_live
    from explorer.model import build

_LAZY = {
    "build": "explorer.model",
    "grad_cam": "explorer.cam",
    "gradient_flow": "explorer.gradients",
    "inspect_live": "explorer.live",
    "to_csv": "explorer.export",
    "to_json": "explorer.export",
    "to_python": "explorer.export",
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
