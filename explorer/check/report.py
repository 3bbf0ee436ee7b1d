"""The whole of "Check my ResNet": text -> structure -> intended configuration -> matching -> rules -> report."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from explorer.check.errors.load_error import is_load_error
from explorer.check.errors.report import load_report, running_report
from explorer.check.errors.running_causes import is_running_error
from explorer.check.formats.detect import MAX_TEXT, check_length, read_text
from explorer.check.formats.limits import check_tree
from explorer.check.formats.state_dict import read_state_dict
from explorer.check.intended.config_words import SAID, assumptions, network_title
from explorer.check.intended.guess import Guess, guess_config, with_image_side
from explorer.check.intended.settings import possible_settings
from explorer.check.intended.visible import Visible, visible_in
from explorer.check.matching.forgive import Comparison
from explorer.check.matching.network import match_networks
from explorer.check.rules.all_rules import find_differences
from explorer.check.rules.settings import explain_settings
from explorer.check.structure.build import build_network, with_stages
from explorer.check.structure.fill_shapes import with_inferred_shapes
from explorer.check.structure.network import Network, Unit
from explorer.check.structure.variants import as_for_images, dimensions, in_one_form, with_even_stem
from explorer.check.values import UNNAMED, CheckError, Difference, Layers, ReadText, Report, Severity, Source
from explorer.network.config import LIMITS, ResNetConfig
from explorer.network.layer import Kind
from explorer.text.quantities import capitalised, counted, first_few, listed

__all__ = ["MAX_TEXT", "Progress", "check", "check_length", "check_shapes"]

Progress = Callable[[float, str], None]
"""Called with the fraction done, from 0 to 1, and what happens next; it may raise to stop the work."""

_MOST_LAYERS = 200  # of one block, stem or head; a deep stem and a bottleneck have about ten
# A text with more kinds of differences than this, in more than this share of its layers, shows no ResNet at all.
_MOST_DIFFERENCES, _MOST_FAULTS_PER_LAYER = 10, 0.4
_MOST_KINDS = 4  # of differences, one of them in more than half of the blocks
_MOST_EVERYWHERE = 3  # kinds of differences in more than half of the blocks
_NO_BLOCKS = (
    "The text shows layers, but no residual blocks: a ResNet has stages of blocks with two or three convolutions each. "
    "Paste all of it, with the lines that name the blocks."
)
_NO_BLOCKS_IN_TORCHINFO = (
    "The table shows no layers inside of blocks. Make it deeper, with summary(model, depth=4), or paste what "
    "print(model) shows."
)
_SOURCES = {
    Source.PRINTED: "print(model)",
    Source.TORCHSUMMARY: "torchsummary's table",
    Source.TORCHINFO: "torchinfo's table",
    Source.STATE_DICT: "a state dict",
    Source.KERAS: "Keras's summary",
}


def check(text: str, meant: ResNetConfig | None = None, *, progress: Progress | None = None) -> Report:
    """Compares the network that a pasted text shows with the one that was ``meant``.

    Without ``meant`` the intended configuration is guessed from the text. Nothing of the text is executed, and the time
    grows linearly with its length.

    Raises:
        CheckError: the text is longer than ``MAX_TEXT``, lists more than any network has, shows no network, or one
            that is no ResNet; the message says what is expected.
    """
    tell = progress or (lambda fraction, message: None)
    tell(0.0, "reading the text")
    check_length(text)
    if is_load_error(text):
        return load_report(text, meant)
    try:
        reading = read_text(text)
    except CheckError:
        if is_running_error(text):
            return running_report(text, meant)
        raise
    return _report(reading, meant, tell)


def check_shapes(
    shapes: Mapping[str, tuple[int, ...]], meant: ResNetConfig | None = None, *, progress: Progress | None = None
) -> Report:
    """Does the same as ``check`` for a state dict, given as the names of its tensors and their shapes.

    Raises:
        CheckError: there are no tensors, too many, or none of a ResNet; the message says what is expected.
    """
    tell = progress or (lambda fraction, message: None)
    tell(0.0, "reading the names")
    return _report(read_state_dict(shapes), meant, tell)


def _report(reading: ReadText, meant: ResNetConfig | None, tell: Progress) -> Report:
    tell(0.3, "finding the blocks")
    network = _read_network(reading, meant)
    shown, network = network.all_layers, in_one_form(network)
    sides = dimensions(network)
    network = network if sides == 2 else as_for_images(network)
    stem = network.stem
    network = network if meant else with_even_stem(network)
    tell(0.5, "guessing what was meant")
    possible = possible_settings(network)
    guess = guess_config(network, possible)
    if meant is not None:  # maps of an image with an odd side look like those of an image one pixel larger
        same_size = network.side is None or network.side - meant.image_size in (0, 1)
        guess = replace(guess, config=meant if same_size else with_image_side(meant, network.side), why=SAID)
    visible = visible_in(network)
    tell(0.6, "comparing the layers")
    try:
        visible = replace(visible, offset=_offset(guess, visible))
        comparison, settings = explain_settings(guess.config, visible, possible)
    except ValueError as error:
        raise CheckError(f"The network cannot be compared: {error}") from error
    tell(0.9, "finding the causes")
    differences = find_differences(comparison, visible, settings, guessed=meant is None)
    if meant is None:
        _check_likeness(comparison, guess.config, differences)
    report = Report(
        source=reading.source,
        partial=network.partial,
        config=guess.config,
        guessed=meant is None,
        why=guess.why,
        read=_layers(comparison, visible, shown),
        differences=differences,
        assumed=(*reading.notes, *_left_alone(network, stem, sides), *assumptions(guess.config, possible, network)),
        sentence="",
        others=network.others,
        comparison=comparison,
    )
    return replace(report, sentence=_sentence(report))


def _left_alone(network: Network, stem: Unit, sides: int) -> Iterator[str]:
    """Says what of the text was not compared. ``stem`` is the network's own."""
    if network.apart:
        names = first_few([f"“{name}”" for name in network.apart], 4)
        yield f"The network is a part of something larger. Not judged: {names}."
    if stem != network.stem:
        has, even = (listed([f"{conv.outputs:,}" for conv in unit.convs]) for unit in (stem, network.stem))
        yield f"Its stem is tiered, with {has} channels: it is compared with one of {even}, ResNet-D's."
    if any(layer.kind is Kind.CONV for layer in stem.beside):
        yield "A convolution of stride 2 stands in place of the max pool, as in ResNet-RS: it is taken for the pool."
    if sides != 2:
        kind = {1: "one dimension", 3: "three dimensions"}[sides]
        yield (
            f"Its convolutions have {kind} (Conv{sides}d), and the networks here two: it is compared with the one for "
            "images that has the same numbers, its stem and its sizes left out."
        )


def _read_network(reading: ReadText, meant: ResNetConfig | None) -> Network:
    """Returns the network in the text, or refuses a text without blocks and one that is too large to be compared."""
    check_tree(reading)
    network = build_network(reading)
    if network is None:
        raise CheckError(_NO_BLOCKS_IN_TORCHINFO if reading.source is Source.TORCHINFO else _NO_BLOCKS)
    most = LIMITS["stage_blocks"][1]
    longest = max(len(stage.blocks) for stage in network.stages)
    if longest > most:
        raise CheckError(f"A stage of this network has {longest:,} blocks: at most {most:,} are compared.")
    layers = max(len(unit.layers) for unit in (network.stem, *network.blocks, network.head))
    if layers > _MOST_LAYERS:
        raise CheckError(
            f"A block, the stem or the head of this network has {layers:,} layers: at most {_MOST_LAYERS:,} are read."
        )
    if meant and not reading.named:
        network = with_stages(network, meant.stage_blocks)
    return with_inferred_shapes(network) if reading.source.is_table else network


def _check_likeness(comparison: Comparison, config: ResNetConfig, differences: tuple[Difference, ...]) -> None:
    """Refuses a network that differs from the guessed one almost everywhere, and says what it looks like."""
    network = comparison.network
    faults = [entry for entry in differences if entry.severity is not Severity.NOTE]
    everywhere = [entry for entry in faults if 1 + len(entry.also) > max(len(network.blocks) / 2, 1)]
    rootless = comparison.stem is not None and not network.stem.convs
    signs = (
        len(faults) > _MOST_DIFFERENCES and comparison.cost > _MOST_FAULTS_PER_LAYER * len(network.layers),
        len(faults) > _MOST_KINDS and len(everywhere) > 0,
        comparison.cost >= len(network.layers),
        len(network.stages) <= 2 and network.classifier is None and network.inside and len(faults) > 0,
        len(everywhere) >= _MOST_EVERYWHERE,
        rootless and not network.inside,
    )
    if not any(signs):
        return
    blocks, stages = counted(len(network.blocks), "block"), counted(len(network.stages), "stage")
    widths = sorted({unit.outputs for unit in network.blocks if unit.outputs})
    channels = f"{widths[0]:,} to {widths[-1]:,} channels" if len(widths) > 1 else counted(sum(widths), "channel")
    first = first_few([f"{entry.name} {entry.what}" for entry in everywhere or faults], 3)
    raise CheckError(
        f"The text shows {blocks} in {stages}, with {channels}, but hardly those of a ResNet: next to "
        f"{network_title(config)}, {comparison.cost:,} things differ "
        f"({'no convolution comes before the blocks' if rootless else first}). If it is one, say which it was "
        "meant to be."
    )


def _offset(guess: Guess, visible: Visible) -> int:
    """Returns the index of the stage with which a part begins: by its name, else where the fewest things differ."""
    network = visible.network
    if not network.partial:
        return 0
    if network.stages[0].number:
        return network.stages[0].number - 1
    offsets = range(max(len(guess.config.widths) - len(network.stages), 0) + 1)
    costs = {offset: match_networks(guess.config, replace(visible, offset=offset)).cost for offset in offsets}
    return min(offsets, key=lambda offset: (costs[offset], offset != guess.offset))


def _layers(comparison: Comparison, visible: Visible, shown: Layers) -> Layers:
    """Returns the layers that were read, under the names that the differences use for them."""
    if visible.network.text.named and not any(UNNAMED in layer.name for layer in shown):
        return shown
    extra = [*(stage.extra for stage in comparison.stages), *(stage.blocks for stage in comparison.extra)]
    matched = (match.read for unit in comparison.units for match in unit.matches if match.read)
    return (*matched, *(layer for blocks in extra for block in blocks for layer in block.layers))


def _sentence(report: Report) -> str:
    part, name = "a part of " if report.partial else "", network_title(report.config)
    what = f"{part}{name}" if report.guessed else f"Compared with {part}{name}"
    layers = counted(len(report.read), "layer")
    start = f"{capitalised(what)}, read from {_SOURCES[report.source]} with {layers}"
    also = f" And {counted(len(report.notes), 'note')}." if report.notes else ""
    if not report.faults:
        return f"{start}: no difference.{also}"
    count = len(report.faults)
    number = "one difference" if count == 1 else f"{count:,} differences, of which the first"
    return f"{start}: {number}. {report.faults[0].sentence}{also}"
