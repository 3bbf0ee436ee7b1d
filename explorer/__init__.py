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
    from explorer.export.keras_file import to_keras
    from explorer.export.onnx_file import to_onnx
    from explorer.export.tables import to_csv, to_json, to_python
    from explorer.export.tikz import to_tikz
    from explorer.export.weights_file import to_safetensors
    from explorer.gradients.measure import gradient_flow
    from explorer.live.inspect import inspect_live
    from explorer.network.model import build
    from explorer.training.damage.lesion import lesion
    from explorer.training.train import race, train

_LAZY = {
    "build": "explorer.network.model",
    "grad_cam": "explorer.cam.maps",
    "gradient_flow": "explorer.gradients.measure",
    "inspect_live": "explorer.live.inspect",
    "lesion": "explorer.training.damage.lesion",
    "race": "explorer.training.train",
    "to_csv": "explorer.export.tables",
    "to_json": "explorer.export.tables",
    "to_keras": "explorer.export.keras_file",
    "to_onnx": "explorer.export.onnx_file",
    "to_python": "explorer.export.tables",
    "to_safetensors": "explorer.export.weights_file",
    "to_tikz": "explorer.export.tikz",
    "train": "explorer.training.train",
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
    "lesion",
    "name_of",
    "preset",
    "race",
    "to_csv",
    "to_json",
    "to_keras",
    "to_onnx",
    "to_python",
    "to_safetensors",
    "to_tikz",
    "to_url",
    "train",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
