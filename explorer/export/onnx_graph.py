"""A live network as an ONNX model, node by node. Imports onnx, which is an extra."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import onnx
import torch
from torch import Tensor, fx, nn
from torchvision.ops import StochasticDepth

from explorer.network.architecture import Architecture
from explorer.network.links import to_url
from explorer.network.model import ResNet
from explorer.network.names import name_of
from explorer.network.operations import Add, BlurPool, Multiply, Scale, ZeroPad

IR_VERSION, OPSET = 10, 21  # of May 2024, which onnxruntime 1.18 and later read

Attributes = dict[str, Any]


def onnx_model(arch: Architecture, net: ResNet) -> onnx.ModelProto:
    """The model of this network, its weights inside, with the shape of every layer's output."""
    config, writer, helper = arch.config, _NodeWriter(net), onnx.helper
    shapes = {layer.name: layer.output_shape for layer in arch.layers}
    graph = helper.make_graph(
        list(writer.nodes()),
        "resnet",
        [_value("images", (config.in_channels, config.image_size, config.image_size))],
        [_value("logits", (config.num_classes,))],
        [onnx.numpy_helper.from_array(value.numpy(), name) for name, value in writer.constants.items()],
        value_info=[_value(name, shapes[name]) for name in writer.named if name in shapes],
    )
    return helper.make_model(
        graph,
        producer_name="ResNet Explorer",
        doc_string=f"{name_of(config)}\n{to_url(config)}",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )


def _value(name: str, shape: Sequence[int]) -> onnx.ValueInfoProto:
    """An entry for a float32 value of any number of images."""
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", *shape])


class _Tracer(fx.Tracer):
    """Follows the forward pass down to the modules that have no others inside."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return not any(m.children())


class _NodeWriter:
    """Turns each step of the forward pass into ONNX nodes; collects the tensors that they read in ``constants``."""

    def __init__(self, net: ResNet) -> None:
        self.net = net
        self.constants: dict[str, Tensor] = {}
        self.named: list[str] = []  # values that are a module's output

    def nodes(self) -> Iterator[Any]:
        values: dict[fx.Node, str] = {}
        for step in _Tracer().trace(self.net).nodes:
            inputs = [values[each] for each in step.all_input_nodes]
            match step.op:
                case "placeholder":
                    values[step] = "images"
                case "output":
                    return
                case "call_method" if step.target == "flatten":
                    values[step] = "flatten"
                    yield onnx.helper.make_node("Flatten", inputs, ["flatten"], "flatten", axis=1)
                case "call_module":
                    yield from self._module(step, inputs, values)
                case _:
                    raise NotImplementedError(f"{step.format_node()} has no ONNX node here.")

    def _module(self, step: fx.Node, inputs: list[str], values: dict[fx.Node, str]) -> Iterator[Any]:
        name = str(step.target)
        module = self.net.get_submodule(name)
        out = "logits" if name == "fc" else name
        values[step] = out
        self.named.append(out)
        if isinstance(module, ZeroPad):
            yield from self._zero_pad(name, module, inputs)
            return
        if isinstance(module, BlurPool):
            yield from self._blur(name, inputs)
            return
        kind, attributes = _NODES[type(module)](module)
        tensors = {key: value for key, value in module.state_dict().items() if key in _READ}
        self.constants |= {f"{name}.{key}": value for key, value in tensors.items()}
        yield onnx.helper.make_node(kind, [*inputs, *(f"{name}.{key}" for key in tensors)], [out], name, **attributes)

    def _blur(self, name: str, inputs: list[str]) -> Iterator[Any]:
        """A mirrored border, then two averages over 2x2 windows, the second of stride 2."""
        border, once = f"{name}.border", f"{name}.once"
        self.constants[f"{name}.pads"] = torch.tensor([0, 0, 1, 1, 0, 0, 1, 1])
        yield onnx.helper.make_node("Pad", [*inputs, f"{name}.pads"], [border], border, mode="reflect")
        for source, out, stride in ((border, once, 1), (once, name, 2)):
            sides: Attributes = {"kernel_shape": [2, 2], "strides": [stride, stride]}
            yield onnx.helper.make_node("AveragePool", [source], [out], out, **sides)

    def _zero_pad(self, name: str, module: ZeroPad, inputs: list[str]) -> Iterator[Any]:
        """A slice of every stride-th row and column, then zeros behind the channels."""
        whole = 2**31 - 1
        numbers = {
            "starts": [0, 0],
            "ends": [whole, whole],
            "axes": [2, 3],
            "steps": [module.stride] * 2,
            "pads": [0, 0, 0, 0, 0, module.extra, 0, 0],
        }
        self.constants |= {f"{name}.{key}": torch.tensor(value) for key, value in numbers.items()}
        *slices, pads = (f"{name}.{key}" for key in numbers)
        yield onnx.helper.make_node("Slice", [*inputs, *slices], [f"{name}.kept"], f"{name}.kept")
        yield onnx.helper.make_node("Pad", [f"{name}.kept", pads], [name], name)


# A module's tensors, in the order in which its node reads them.
_READ = ("gain", "weight", "bias", "running_mean", "running_var")


def _conv(module: Any) -> tuple[str, Attributes]:
    return "Conv", {
        "kernel_shape": module.kernel_size,
        "strides": module.stride,
        "pads": [*module.padding, *module.padding],
        "dilations": module.dilation,
        "group": module.groups,
    }


def _pool(kind: str, **more: int) -> Callable[[Any], tuple[str, Attributes]]:
    def node(module: Any) -> tuple[str, Attributes]:
        sides = {"kernel_shape": [module.kernel_size] * 2, "strides": [module.stride] * 2}
        return kind, {**sides, "pads": [module.padding] * 4, "ceil_mode": int(module.ceil_mode), **more}

    return node


_NODES: Mapping[type[nn.Module], Callable[[Any], tuple[str, Attributes]]] = {
    nn.Conv2d: _conv,
    nn.BatchNorm2d: lambda module: ("BatchNormalization", {"epsilon": module.eps}),
    nn.ReLU: lambda _: ("Relu", {}),
    nn.LeakyReLU: lambda module: ("LeakyRelu", {"alpha": module.negative_slope}),
    nn.GELU: lambda _: ("Gelu", {}),
    nn.Sigmoid: lambda _: ("Sigmoid", {}),
    nn.Tanh: lambda _: ("Tanh", {}),
    nn.MaxPool2d: _pool("MaxPool"),
    nn.AvgPool2d: _pool("AveragePool", count_include_pad=0),
    nn.AdaptiveAvgPool2d: lambda _: ("GlobalAveragePool", {}),
    nn.Linear: lambda _: ("Gemm", {"transB": 1}),
    nn.GroupNorm: lambda module: (
        "GroupNormalization",
        {"num_groups": module.num_groups, "epsilon": module.eps},
    ),
    nn.Dropout: lambda _: ("Dropout", {}),  # which drops nothing outside training
    StochasticDepth: lambda _: ("Identity", {}),
    Add: lambda _: ("Add", {}),
    Multiply: lambda _: ("Mul", {}),
    Scale: lambda _: ("Mul", {}),
}
