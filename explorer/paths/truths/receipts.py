"""Truths of one network's numbers, as Architecture tells them of ResNet-50: receipts, words and counts of tools."""

from collections.abc import Callable

from explorer.compare.budget import Measure
from explorer.compare.sentences import largest_stage
from explorer.jobs.idle import WORDS, Request
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.counting.naming import NamedNumber, name_number
from explorer.network.explanation import what_you_see
from explorer.network.presets import preset
from explorer.network.receipts import Line, layer_receipt
from explorer.paths.answers import Measured, Truth

NETWORK = "resnet50"
CONV, NORM, STEM, PROJECTION = "layer1.0.conv2", "layer1.0.bn2", "conv1", "layer2.0.downsample.0"
DOUBLED = f"{2 * analyze(preset(NETWORK)).macs / 1e9:.2f} G"  # two operations for each multiply-add


def convolution(_device: str) -> Measured:
    """The parameters of a 3×3 convolution."""
    return _parameters(CONV)


def norm(_device: str) -> Measured:
    """The parameters of a batch norm."""
    return _parameters(NORM)


def projection(_device: str) -> Measured:
    """The weights of a projection shortcut."""
    return _parameters(PROJECTION)


def stem_side(_device: str) -> Measured:
    """The side of the stem's map after its convolution."""

    def read(arch: Architecture) -> Truth:
        line = _line(arch, STEM, "Output height and width")
        return Truth(float(arch.by_name[STEM].output_shape[1]), (line.formula, line.meaning))

    return _of_network(read)


def busiest_stage(_device: str) -> Measured:
    """The stage that does the most multiply-adds."""
    return _of_network(lambda arch: Truth(largest_stage(arch, Measure.MACS), (what_you_see(arch),)))


def doubled_macs(_device: str) -> Measured:
    """What a tool prints, in G, that counts two operations for each multiply-add."""

    def read(named: NamedNumber) -> Truth:
        found = named.candidates[0]
        return Truth(found.counts[0].value / 1e9, (found.name, found.rule))

    return Measured(Request(name_number, (DOUBLED, preset(NETWORK)), WORDS), read)


def _parameters(layer: str) -> Measured:
    def read(arch: Architecture) -> Truth:
        line = _line(arch, layer, "Parameters")
        return Truth(float(arch.by_name[layer].params), (line.formula, line.meaning))

    return _of_network(read)


def _line(arch: Architecture, layer: str, what: str) -> Line:
    return next(line for line in layer_receipt(arch, arch.by_name[layer]) if line.what == what)


def _of_network(read: Callable[[Architecture], Truth]) -> Measured:
    return Measured(Request(analyze, (preset(NETWORK),), WORDS), read)
