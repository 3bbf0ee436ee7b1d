"""Truths of arithmetic, as Compare and Architecture tell them."""

from explorer.compare.sentences import difference_sentence, explanation
from explorer.jobs.idle import Request
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.presets import preset
from explorer.network.receptive_field import field_difference
from explorer.paths.answers import Measured, Truth

LANE = "words"
Pair = tuple[Architecture, Architecture]


def both(first: ResNetConfig, second: ResNetConfig) -> Pair:
    """The two networks' arithmetic."""
    return analyze(first), analyze(second)


def _pair(first: str, second: str) -> Request:
    return Request(both, (preset(first), preset(second)), LANE)


def shortcuts_cost(_device: str) -> Measured:
    """The parameters that shortcuts of option A add to plain-56."""
    return Measured(
        _pair("plain56", "resnet56"),
        lambda two: Truth(float(two[1].params - two[0].params), (difference_sentence(*two),)),
    )


def deeper_by_fifty(_device: str) -> Measured:
    """Whether ResNet-50 has many more parameters than ResNet-34."""
    return Measured(
        _pair("resnet34", "resnet50"),
        lambda two: Truth(two[1].params / two[0].params, (difference_sentence(*two),)),
    )


def wider_field(_device: str) -> Measured:
    """Which of ResNet-34 and ResNet-50 has the larger receptive field."""
    return Measured(_pair("resnet34", "resnet50"), _field)


def _field(two: Pair) -> Truth:
    larger = max(two, key=lambda arch: arch.receptive_field)
    name = "34" if larger is two[0] else "50"
    return Truth(name, tuple(line for line in (field_difference(*two),) if line))


def shares_of_3x3(_device: str) -> Measured:
    """What ResNet-50 saves by its bottlenecks, told by the page."""
    return Measured(_pair("resnet34", "resnet50"), lambda two: Truth("saves", tuple(explanation(*two))))
