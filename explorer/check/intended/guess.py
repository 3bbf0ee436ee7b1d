"""Guesses which configuration a network was meant to have, for a reader who did not say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.check.intended.family_settings import unseen_settings
from explorer.check.intended.guess_whole import MAX_IMAGE, guess_whole, literal_config
from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.structure.network import Network
from explorer.check.values import CheckError, ReadText
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import in_words
from explorer.network.layer import Kind
from explorer.network.options import Stem
from explorer.network.presets import PRESET_INFO, Preset

# Costs in which a part may misfit a published network: blocks too many or too few cost 1 each.
_WRONG_WIDTH = 20  # of a stage
_WRONG_SETTING = 3
_WRONG_BLOCK = 100  # a basic block for a bottleneck
_TOO_MUCH = 40


def guess_part(
    network: Network, possible: PossibleSettings, counts: Mapping[str, int], reading: ReadText
) -> tuple[ResNetConfig, str, int]:
    """Returns the configuration, a sentence that says why, and the index of its stage with which the part begins.

    The published network in which the part fits best is taken. If none fits, a network is made up around the part.

    Raises:
        ValueError: no configuration has these settings.
    """
    widths = stage_widths(network, possible["block"][0])
    fits = [
        (
            _stage_misfit(info.config, offset, widths, network, reading)
            + _setting_misfit(info.config, possible, counts),
            place,
            offset,
            info,
        )
        for place, info in enumerate(PRESET_INFO.values())
        for offset in _possible_offsets(network, info.config)
    ]
    best: tuple[int, int, int, Preset] | None = min(fits, key=lambda fit: fit[:2], default=None)
    if best and best[0] < _TOO_MUCH:
        _, _, offset, info = best
        config = with_fields(_adapted(info.config, possible), counts)
        return config, f"The part fits {info.title}; others may have the same part.", offset
    offset = (network.stages[0].number or 1) - 1
    blocks = [len(stage.blocks) for stage in network.stages]
    shape = {
        "stage_blocks": (*(blocks[:1] * offset), *blocks),
        "widths": (*(max(widths[0] // 2**step, 1) for step in range(offset, 0, -1)), *widths),
    }
    config = literal_config(possible, shape, counts)
    return config, "No published network has these widths: it is made up around the part.", offset


def _possible_offsets(network: Network, config: ResNetConfig) -> range:
    last = len(config.widths) - len(network.stages)
    number = network.stages[0].number
    return range(number - 1, min(number, last + 1)) if number else range(last + 1)


def _stage_misfit(
    config: ResNetConfig, offset: int, widths: tuple[int, ...], network: Network, reading: ReadText
) -> int:
    """Returns how badly widths and numbers of blocks fit. Blocks that a cut may have taken away cost nothing."""
    cost = 0
    for place, (width, stage) in enumerate(zip(widths, network.stages, strict=True)):
        expected: int = config.stage_blocks[offset + place]
        blocks = len(stage.blocks)
        first, last = place == 0, place == len(widths) - 1
        whole = stage.bounded and not (reading.cut_start and first) and not (reading.cut_end and last)
        cost += _WRONG_WIDTH * (config.widths[offset + place] != width)
        cost += abs(expected - blocks) if whole else max(blocks - expected, 0)
    return cost


def _setting_misfit(config: ResNetConfig, possible: PossibleSettings, counts: Mapping[str, int]) -> int:
    if config.block not in possible["block"]:
        return _WRONG_BLOCK
    inactive = inactive_fields(config)
    wrong_settings: int = sum(getattr(config, name) not in possible[name] for name in possible if name not in inactive)
    wrong_counts: int = sum(getattr(config, name) != value for name, value in counts.items())
    return _WRONG_SETTING * wrong_settings + wrong_counts


def _adapted(config: ResNetConfig, possible: PossibleSettings) -> ResNetConfig:
    """Returns the published configuration with those settings changed that the text shows to be others."""
    return with_fields(
        config, {name: values[0] for name, values in possible.items() if getattr(config, name) not in values}
    )


@dataclass(frozen=True, slots=True)
class Guess:
    """The guessed configuration and ``why``, as a sentence.

    ``offset`` is the index of the stage of ``config`` with which the text begins; 0 for a whole network.
    """

    config: ResNetConfig
    why: str
    offset: int = 0


def guess_config(
    network: Network, possible: PossibleSettings, reading: ReadText, *, side: int | None, partial: bool
) -> Guess:
    """Guesses the configuration from the settings that are ``possible`` for ``network``.

    ``side`` is the image's side in pixels where the text tells it. ``partial`` says that parts of the network are
    missing from the text.

    Raises:
        CheckError: no configuration can describe the network; the message says what is allowed.
    """
    counts = shown_counts(network)
    try:
        if partial:
            config, why, offset = guess_part(network, possible, counts, reading)
        else:
            config, why = guess_whole(network, possible, counts)
            offset = 0
        return Guess(with_fields(with_image_side(config, side), unseen_settings(network)), why, offset)
    except ValueError as error:
        raise CheckError(
            f"The text shows blocks, but of no network that can be described: {in_words(str(error))}"
        ) from error


def with_image_side(config: ResNetConfig, side: int | None) -> ResNetConfig:
    """Returns ``config`` for images of ``side`` pixels, or of the stem's usual size where ``side`` is None."""
    usual = 32 if config.stem is Stem.CIFAR else 224
    return replace(config, image_size=min(side or usual, MAX_IMAGE))


def shown_counts(network: Network) -> dict[str, int]:
    """Returns ``num_classes`` and ``in_channels``, each only where the text shows it."""
    counts: dict[str, int] = {}
    linear = [layer for layer in network.head.main if layer.kind is Kind.LINEAR and layer.outputs]
    convs = network.stem.convs
    if linear:
        counts["num_classes"] = linear[-1].outputs or 1
    if convs and convs[0].inputs:
        counts["in_channels"] = convs[0].inputs
    return counts
