"""A configuration as one file of PyTorch that holds nothing its network does not use.

``Facts`` reads off the configuration what its blocks need; the writers turn that into lines of Python. The lines
are such that formatters leave them alone, at 88 columns and more.
"""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.header import header
from explorer.export.pytorch_file.block import BlockCode
from explorer.export.pytorch_file.network import NetworkCode, main
from explorer.export.pytorch_file.parts import parts
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig

__all__ = ["to_python"]


def to_python(config: ResNetConfig) -> str:
    """A self-contained Python file whose ``ResNet()`` is this network.

    It has the state-dict names, their order and their shapes of ``explorer.build(config)`` and, with the same
    weights, the same outputs. Its own initial weights come from the same distributions, drawn from PyTorch's
    global generator.

    Raises:
        ValueError: the network cannot exist (see ``analyze``).
    """
    arch, facts = analyze(config), Facts(config)
    block, network = BlockCode(facts), NetworkCode(arch, facts)
    helper = block.shortcut.helper()
    sections = [helper, *parts(facts), block.lines(), *network.functions(), network.lines(), main(arch)]
    imports = ["import math", "", "import torch"] if facts.grouped_norm else ["import torch"]
    imports.append("from torch import Tensor, nn")
    if block.shortcut.pads or facts.blurs or facts.stem_blurs:
        imports.append("from torch.nn import functional")
    top = [*header(arch, facts, "PyTorch", "Needs nothing but PyTorch: pip install torch"), "", *imports]
    return "\n".join(top) + "".join("\n\n\n" + "\n".join(section) for section in sections if section) + "\n"
