"""A configuration as one file of Keras 3, in functional style, that holds nothing its network does not use."""

from explorer.export.keras_file.block import BlockCode
from explorer.export.keras_file.functions import functions
from explorer.export.keras_file.network import NetworkCode
from explorer.export.keras_file.weights import copy_weights, main
from explorer.export.python_source.facts import Facts
from explorer.export.python_source.header import header
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig

__all__ = ["to_keras"]

_NEEDS = "Needs Keras 3 and one of its backends: pip install keras torch, or jax, or tensorflow"
_NAMES = (
    'Layers have the names that the modules have in PyTorch, with "_" for ".": copy_weights fills them from a state '
    "dict of that network, and the outputs are the same. Images are channels-last, as Keras has them."
)


def to_keras(config: ResNetConfig) -> str:
    """A self-contained Keras 3 file whose ``build_model()`` is this network.

    It has the parameters of ``explorer.build(config)``. After ``copy_weights(model, net.state_dict())`` it has the same
    outputs in evaluation mode: images (N, H, W, C) to logits (N, num_classes). Its own initial weights come from the
    same distributions, drawn from Keras's global generator.

    Raises:
        ValueError: the network cannot exist (see ``analyze``).
    """
    arch, facts = analyze(config), Facts(config)
    network = NetworkCode(arch, facts)
    sections = [*functions(facts), BlockCode(facts).lines(), network.stage(), network.lines(), copy_weights(facts)]
    imports = ["import math", "", "import keras", "import numpy as np", "from keras import KerasTensor as Tensor"]
    top = [*header(arch, facts, "Keras 3", _NEEDS, _NAMES), "", *imports, "from keras import layers"]
    return "\n".join(top) + "".join("\n\n\n" + "\n".join(part) for part in (*sections, main(arch)) if part) + "\n"
