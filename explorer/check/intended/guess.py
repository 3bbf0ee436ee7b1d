"""Guesses which configuration a network was meant to have, for a reader who did not say."""

from dataclasses import dataclass, replace

from explorer.check.intended.family_settings import unseen_settings
from explorer.check.intended.guess_whole import MAX_IMAGE, adapted, guess_whole, literal_config
from explorer.check.intended.settings import COUNTS, SHAPE, PossibleSettings
from explorer.check.structure.network import Network
from explorer.check.values import CheckError
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import in_words
from explorer.network.options import Stem
from explorer.network.presets import PRESET_INFO

# Costs in which a part may misfit a published network: blocks too many or too few cost 1 each, as do other counts.
_WRONG_WIDTH = 20  # of a stage
_WRONG_SETTING = 3
_WRONG_BLOCK = 100  # a basic block for a bottleneck
_TOO_MUCH = 40


@dataclass(frozen=True, slots=True)
class Guess:
    """The guessed ``config``, and ``why``, as a sentence. The text begins with the stage ``offset``, from 0."""

    config: ResNetConfig
    why: str
    offset: int = 0


def guess_config(network: Network, possible: PossibleSettings) -> Guess:
    """Guesses the configuration from the settings that are ``possible`` for ``network``.

    Raises:
        CheckError: no configuration can describe the network; the message says what is allowed.
    """
    try:
        guess = _guess_part(network, possible) if network.partial else Guess(*guess_whole(network, possible))
        config = with_fields(with_image_side(guess.config, network.side), unseen_settings(network))
    except ValueError as error:
        raise CheckError(
            f"The text shows blocks, but of no network that can be described: {in_words(str(error))}"
        ) from error
    return replace(guess, config=config)


def _guess_part(network: Network, possible: PossibleSettings) -> Guess:
    """Takes the published network in which the part fits best. If none fits, one is made up around the part."""
    best, config, offset, title = _TOO_MUCH, None, 0, ""
    for info in PRESET_INFO.values():
        last = len(info.config.widths) - len(network.stages)
        number = network.stages[0].number
        for start in range(number - 1, min(number, last + 1)) if number else range(last + 1):
            cost = _stage_misfit(info.config, start, possible, network) + _setting_misfit(info.config, possible)
            if cost < best:
                best, config, offset, title = cost, info.config, start, info.title
    if config:
        return Guess(adapted(config, possible), f"The part fits {title}; others may have the same part.", offset)
    offset = (network.stages[0].number or 1) - 1
    (blocks,), (widths,) = (possible[name] for name in SHAPE)
    before = (max(widths[0] // 2**step, 1) for step in range(offset, 0, -1))
    shape = {"stage_blocks": ((*blocks[:1] * offset, *blocks),), "widths": ((*before, *widths),)}
    config = literal_config({**possible, **shape})
    return Guess(config, "No published network has these widths: it is made up around the part.", offset)


def _stage_misfit(config: ResNetConfig, offset: int, possible: PossibleSettings, network: Network) -> int:
    """Returns how badly widths and numbers of blocks fit. Blocks that a cut may have taken away cost nothing."""
    cost = 0
    for place, (width, stage) in enumerate(zip(possible["widths"][0], network.stages, strict=True)):
        extra = len(stage.blocks) - config.stage_blocks[offset + place]
        first, last = place == 0, stage is network.stages[-1]
        whole = stage.bounded and not (network.text.cut_start and first) and not (network.text.cut_end and last)
        cost += _WRONG_WIDTH * (config.widths[offset + place] != width)
        cost += abs(extra) if whole else max(extra, 0)
    return cost


def _setting_misfit(config: ResNetConfig, possible: PossibleSettings) -> int:
    if config.block not in possible["block"]:
        return _WRONG_BLOCK
    wrong = [name for name, values in possible.items() if getattr(config, name) not in values and name not in SHAPE]
    inactive = inactive_fields(config)
    return sum(1 if name in COUNTS else _WRONG_SETTING for name in wrong if name in COUNTS or name not in inactive)


def with_image_side(config: ResNetConfig, side: int | None) -> ResNetConfig:
    """Returns ``config`` for images of ``side`` pixels, or of the stem's usual size where ``side`` is None."""
    usual = 32 if config.stem is Stem.CIFAR else 224
    return replace(config, image_size=min(side or usual, MAX_IMAGE))
