"""A network's weights as a safetensors file, which any framework reads and none executes."""

from safetensors.torch import save

from explorer.network.config import ResNetConfig
from explorer.network.model import ResNet, build, build_like


def to_safetensors(network: ResNetConfig | ResNet, seed: int = 0) -> bytes:
    """The state dict as a safetensors file. A configuration is built with the seed; a ``ResNet`` keeps its weights.

    Raises:
        ValueError: the network cannot exist (see ``analyze``).
    """
    net = network_of(network, seed)
    tensors = {name: value.contiguous() for name, value in net.state_dict().items()}
    return save(tensors, {"format": "pt"})  # one entry: several come in no fixed order


def network_of(network: ResNetConfig | ResNet, seed: int) -> ResNet:
    """The live network, on the CPU and in evaluation mode. One that is given is left as it is."""
    if isinstance(network, ResNetConfig):
        return build(network, seed=seed).eval()
    return build_like(network).cpu().eval()
