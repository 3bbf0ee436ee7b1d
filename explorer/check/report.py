"""From a text to what is said about it."""

from collections.abc import Mapping
from dataclasses import replace

from explorer.check.formats.detect import MAX_TEXT, read
from explorer.check.formats.state_dict import read_state_dict
from explorer.check.intended.assumptions import assumptions
from explorer.check.intended.guess import guess, title, told_by, with_image
from explorer.check.intended.settings import options
from explorer.check.intended.visible import Visible, view_of
from explorer.check.matching.network import Comparison, match_networks
from explorer.check.rules.all_rules import differences as found_differences
from explorer.check.rules.networks import bridged
from explorer.check.structure.build import network_of
from explorer.check.structure.fill_shapes import filled
from explorer.check.structure.network import Network
from explorer.check.values import UNNAMED, CheckError, ReadLayer, ReadText, Report, Source
from explorer.network.config import LIMITS, ResNetConfig
from explorer.text.quantities import counted

__all__ = ["MAX_TEXT", "check", "check_shapes"]

# More differences than so many, in more than this share of the layers: it was meant to be no ResNet.
_MOST_LAYERS = 200  # of one unit; a deep stem and a bottleneck have about ten
_MOST_KINDS, _MOST_FAULTS = 10, 0.4
_SOURCES = {
    Source.PRINTED: "print(model)",
    Source.TORCHSUMMARY: "torchsummary's table",
    Source.TORCHINFO: "torchinfo's table",
    Source.STATE_DICT: "a state dict",
}


def check(text: str, meant: ResNetConfig | None = None) -> Report:
    """What a pasted text shows, beside the network that it was ``meant`` to be, or that it is guessed to be.

    Linear in the length of the text, and nothing of it is executed.

    Raises:
        CheckError: it is longer than ``MAX_TEXT``, shows no network, or one that is no ResNet; the message says what
            is expected.
    """
    return _report(read(text), meant)


def check_shapes(shapes: Mapping[str, tuple[int, ...]], meant: ResNetConfig | None = None) -> Report:
    """The same for a state dict: the names of its tensors and their shapes.

    Raises:
        CheckError: as ``check``.
    """
    return _report(read_state_dict(shapes), meant)


def _report(reading: ReadText, meant: ResNetConfig | None) -> Report:
    network = network_of(reading)
    if network is None:
        raise CheckError(_no_blocks(reading))
    _check_size(network)
    unknown = any(layer.kind is None for unit in network.blocks for layer in unit.shortcut)
    hidden = unknown and reading.source is not Source.PRINTED
    side = None
    if reading.source.is_table:
        network, side = filled(network, reading)
    partial = _is_partial(network, reading)
    found = options(network, reading.source, hidden=hidden, cut=reading.cut_start)
    guessed = guess(network, found, reading, side=side, partial=partial)
    config = guessed.config
    if meant is not None:
        fits = side is None or side - meant.image_size in (0, 1)  # an odd side looks like the even one above it
        config = meant if fits else with_image(meant, side)
    view = view_of(network, reading, partial=partial, hidden=hidden)
    try:
        view = replace(view, offset=_offset(network, config, view, guessed.offset))
        comparison, settings = bridged(network, config, view, found, told_by(network))
    except ValueError as error:
        raise CheckError(f"The network cannot be compared: {error}") from error
    differences = found_differences(comparison, view, settings, guessed=meant is None)
    if meant is None and len(differences) > _MOST_KINDS and comparison.cost > _MOST_FAULTS * len(network.layers):
        raise CheckError(
            f"The text shows blocks, but hardly those of a ResNet: next to {title(config)}, {comparison.cost:,} things "
            "differ. If it is one, say which it was meant to be."
        )
    assumed = (*reading.notes, *assumptions(config, found, told_by(network), side, reading.source))
    report = Report(
        reading.source,
        partial,
        config,
        meant is None,
        guessed.why if meant is None else "This is what you said that it was meant to be.",
        _layers(comparison, view),
        differences,
        assumed,
        "",
    )
    return replace(report, sentence=_sentence(report))


def _no_blocks(reading: ReadText) -> str:
    if reading.source is Source.TORCHINFO:
        return (
            "The table shows no layers inside of blocks. Make it deeper, with summary(model, depth=4), or paste what "
            "print(model) shows."
        )
    return (
        "The text shows layers, but no residual blocks: a ResNet has stages of blocks with two or three convolutions "
        "each. Paste all of it, with the lines that name the blocks."
    )


def _check_size(network: Network) -> None:
    most = LIMITS["stage_blocks"][1]
    longest = max(len(stage.blocks) for stage in network.stages)
    if longest > most:
        raise CheckError(f"A stage of this network has {longest:,} blocks: at most {most:,} are compared.")
    layers = max(len(unit.layers) for unit in (network.stem, *network.blocks, network.head))
    if layers > _MOST_LAYERS:
        raise CheckError(
            f"A block, the stem or the head of this network has {layers:,} layers: at most {_MOST_LAYERS:,} are read."
        )


def _is_partial(network: Network, reading: ReadText) -> bool:
    """Whether parts are not in the text; a whole network that lacks a part has its first and last line."""
    if reading.source is Source.STATE_DICT:
        return not network.stem.main and not network.head.main
    return reading.cut_start or reading.cut_end or not (network.stem.main or network.head.main)


def _offset(network: Network, config: ResNetConfig, view: Visible, likely: int) -> int:
    """Which stage of ``config`` a part begins with, from 0: by name, else where the fewest things differ."""
    if not view.partial:
        return 0
    if network.stages[0].number:
        return network.stages[0].number - 1
    places = range(max(len(config.widths) - len(network.stages), 0) + 1)
    costs = {place: match_networks(network, config, replace(view, offset=place)).cost for place in places}
    return min(places, key=lambda place: (costs[place], place != likely))


def _layers(found: Comparison, view: Visible) -> tuple[ReadLayer, ...]:
    """The layers under the names that the differences give them."""
    if view.named and not any(UNNAMED in layer.name for layer in found.network.layers):
        return found.network.layers
    units = [(*unit.main, *unit.shortcut) for unit in found.units]
    extra = [block for stage in found.stages for block in stage.extra]
    extra += [block for stage in found.extra for block in stage.blocks]
    matched = [match.read for matches in units for match in matches if match.read is not None]
    return (*matched, *(layer for block in extra for layer in block.layers))


def _sentence(report: Report) -> str:
    part, name = "a part of " if report.partial else "", title(report.config)
    what = f"{part}{name}" if report.guessed else f"Compared with {part}{name}"
    layers = counted(len(report.read), "layer")
    start = f"{what[0].upper()}{what[1:]}, read from {_SOURCES[report.source]} with {layers}"
    also = f" And {counted(len(report.notes), 'note')}." if report.notes else ""
    if not report.faults:
        return f"{start}: no difference.{also}"
    count = len(report.faults)
    number = "one difference" if count == 1 else f"{count:,} differences, of which the first"
    return f"{start}: {number}. {report.faults[0].sentence}{also}"
