"""Truths of arithmetic, as Compare and Architecture tell them."""

from explorer.compare.bottleneck import block_price
from explorer.compare.budget import Measure
from explorer.compare.published_accuracy import PublishedGains, published_gains
from explorer.compare.sentences import difference_sentence, largest_shares, largest_stage
from explorer.jobs.idle import WORDS, Request
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.presets import preset
from explorer.network.receptive_field import field_difference
from explorer.paths.answers import Measured, Truth

BOTTLENECK = (256, 4, 56)  # channels, reduction, side of the map: ResNet-50's stage 1, with which the page opens
Pair = tuple[Architecture, Architecture]


def both(first: ResNetConfig, second: ResNetConfig) -> Pair:
    """The two networks' arithmetic."""
    return analyze(first), analyze(second)


def _pair(first: str, second: str) -> Request:
    return Request(both, (preset(first), preset(second)), WORDS)


def shortcuts_cost(_device: str) -> Measured:
    """The parameters that shortcuts of option A add to plain-56."""
    return Measured(
        _pair("plain56", "resnet56"),
        lambda two: Truth(float(two[1].params - two[0].params), (difference_sentence(*two),)),
    )


def deeper_by_fifty(_device: str) -> Measured:
    """How many times ResNet-34's parameters ResNet-50 has."""
    return Measured(
        _pair("resnet34", "resnet50"),
        lambda two: Truth(two[1].params / two[0].params, (difference_sentence(*two),)),
    )


def memory_of_fifty(_device: str) -> Measured:
    """How many times ResNet-34's activation memory ResNet-50 has."""
    return Measured(
        _pair("resnet34", "resnet50"),
        lambda two: Truth(two[1].activation_bytes / two[0].activation_bytes, (largest_shares(two, Measure.MEMORY),)),
    )


def heaviest_stage(_device: str) -> Measured:
    """The stage of ResNet-50 that holds the most parameters."""
    return Measured(
        _pair("resnet34", "resnet50"),
        lambda two: Truth(largest_stage(two[1], Measure.PARAMS), (largest_shares(two, Measure.PARAMS),)),
    )


def wider_field(_device: str) -> Measured:
    """Which of ResNet-34 and ResNet-50 has the larger receptive field."""
    return Measured(_pair("resnet34", "resnet50"), _field)


def _field(two: Pair) -> Truth:
    fields = [arch.receptive_field for arch in two]
    name = "same" if fields[0] == fields[1] else "34" if fields[0] > fields[1] else "50"
    return Truth(name, (field_difference(*two),))


def bottleneck_saves(_device: str) -> Measured:
    """How many times a bottleneck's weights two 3×3 convolutions of 256 channels have."""
    return Measured(Request(block_price, BOTTLENECK, WORDS), lambda price: Truth(price.factor, (price.sentence,)))


def moved_stride(_device: str) -> Measured:
    """What grows when the stride moves from the first 1×1 of a bottleneck (v1) to its 3×3 (v1.5)."""
    return Measured(_pair("resnet50_v1", "resnet50"), _grown)


def _grown(two: Pair) -> Truth:
    grown = {"params": two[1].params - two[0].params, "macs": two[1].macs - two[0].macs}
    known = min(grown.values()) >= 0  # no option is for what shrinks
    answer = {(): "nothing", ("macs",): "macs", ("params", "macs"): "both"}
    return Truth(
        answer.get(tuple(name for name, more in grown.items() if more > 0)) if known else None,
        (difference_sentence(*two),),
    )


def gained_accuracy(_device: str) -> Measured:
    """Whether ResNet-50's layers or another training and testing of it gained more published accuracy."""
    pair = preset("resnet34"), preset("resnet50")
    return Measured(Request(published_gains, pair, WORDS), _gained)


def _gained(gains: PublishedGains) -> Truth:
    return Truth("layers" if gains.between > gains.within else "training", (gains.sentence,))
