"""A network with its weights as an ONNX file.

PyTorch's own exporters fold norms into convolutions, rename what is left, and write the paths of this computer into
the file. Here every layer keeps its name, which is what a reader of the network wants to see; and it takes
milliseconds.
"""

from explorer.export.weights_file import network_of
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet
from explorer.text.errors import Refusal

MOST_BYTES = 2**31 - 2**20  # a file of this format ends at 2 GiB


def to_onnx(network: ResNetConfig | ResNet, seed: int = 0) -> bytes:
    """An ONNX file of the network in evaluation mode: ``images`` (N, C, H, W) to ``logits`` (N, num_classes).

    A configuration is built with the seed; a ``ResNet`` keeps its own weights. N is free. Nodes and values have the
    names of the modules, weights those of the state dict. Needs the package onnx.

    Raises:
        ValueError: the network cannot exist (see ``analyze``).
        Refusal: onnx is not installed, or the network is larger than a file of this format can be.
    """
    arch = analyze(network if isinstance(network, ResNetConfig) else network.config)
    if 4 * (arch.params + arch.buffers) > MOST_BYTES:
        raise Refusal(f"An ONNX file ends at 2 GiB: this network's {arch.params:,} parameters do not fit into one.")
    try:
        from explorer.export.onnx_graph import onnx_model  # noqa: PLC0415  an extra
    except ImportError:
        raise Refusal('An ONNX file needs the package onnx: pip install "resnet-explorer[onnx]".') from None
    file: bytes = onnx_model(arch, network_of(network, seed)).SerializeToString(deterministic=True)
    return file
