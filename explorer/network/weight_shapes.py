"""The names and shapes of a configuration's weights, without torch."""

from functools import lru_cache

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind

Shape = tuple[int, ...]
_NORM = ("weight", "bias", "running_mean", "running_var")


@lru_cache(maxsize=64)
def weight_shapes(config: ResNetConfig) -> dict[str, Shape]:
    """Names and shapes of a network's weights, batch counts left out, as ``build(config).state_dict()`` has them.

    They are read off the layers, since building the modules of 1,280 blocks takes seconds.

    Raises:
        ValueError: no such network can exist (see ``analyze``).
    """
    found: dict[str, Shape] = {}
    for layer in analyze(config).layers:
        inputs, outputs = layer.input_shape[0], layer.output_shape[0]
        match layer.kind:
            case Kind.CONV:
                found[f"{layer.name}.weight"] = (outputs, inputs // layer.groups, layer.kernel, layer.kernel)
            case Kind.LINEAR:
                found[f"{layer.name}.weight"] = (outputs, inputs)
            case Kind.NORM:
                found |= {f"{layer.name}.{part}": (outputs,) for part in (_NORM[:2] if layer.groups else _NORM)}
            case Kind.SCALE if layer.params:
                found[f"{layer.name}.gain"] = (1,)
        if layer.bias:
            found[f"{layer.name}.bias"] = (outputs,)
    return found
