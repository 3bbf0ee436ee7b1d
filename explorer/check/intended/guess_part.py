"""Guesses the configuration of a network of which the text shows only a part."""

from collections.abc import Mapping

from explorer.check.intended.guess_whole import literal_config
from explorer.check.intended.settings import PossibleSettings, stage_widths
from explorer.check.structure.network import Network
from explorer.check.values import ReadText
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
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
