"""What training keeps of the activations, as ``Architecture.activation_bytes`` says it, against autograd."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from explorer import build, preset
from explorer.network.options import Activation, Norm, Order, Shortcut

READS_ITS_INPUT = (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d, nn.AvgPool2d, nn.Linear, nn.GELU, nn.LeakyReLU)
READS_ITS_OUTPUT = (nn.ReLU, nn.Sigmoid, nn.Tanh)


@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(("norm", "shortcut"), [(Norm.BATCH, Shortcut.B), (Norm.NONE, Shortcut.AVGPOOL)])
def test_autograd_keeps_what_the_docstring_says(
    activation: Activation, order: Order, norm: Norm, shortcut: Shortcut
) -> None:
    config = replace(
        preset("resnet18"), activation=activation, order=order, norm=norm, shortcut=shortcut, image_size=33
    )
    net, ran, kept = build(config).train(), [], []

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        ran.append((module, inputs, output))  # keeps the tensors alive, so that no address is used twice

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    for module in net.modules():
        if not list(module.children()):
            module.register_forward_hook(note)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        net(torch.randn(2, 3, 33, 33))

    addresses = {tensor.data_ptr() for tensor in kept}
    read = [inputs[0] for module, inputs, _ in ran if isinstance(module, READS_ITS_INPUT)]
    read += [output for module, _, output in ran if isinstance(module, READS_ITS_OUTPUT)]
    expected = {tensor.data_ptr() for tensor in read}
    for module, _, output in ran:
        assert (output.data_ptr() in addresses) is (output.data_ptr() in expected), type(module).__name__
    sums = {output.data_ptr() for module, _, output in ran if type(module).__name__ == "Add"}
    reads_its_output = activation in (Activation.RELU, Activation.SIGMOID, Activation.TANH)
    freed = order is Order.POST and reads_its_output  # what an earlier docstring said of all networks
    assert not sums & addresses if freed else sums & addresses or norm is Norm.NONE
