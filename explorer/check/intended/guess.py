"""Guesses which configuration a network was meant to have, for a reader who did not say."""

from dataclasses import dataclass, replace

from explorer.check.intended.family_settings import unseen_settings
from explorer.check.intended.guess_part import guess_part
from explorer.check.intended.guess_whole import MAX_IMAGE, guess_whole
from explorer.check.intended.settings import PossibleSettings
from explorer.check.structure.network import Network
from explorer.check.values import CheckError, ReadText
from explorer.network.config import ResNetConfig, with_fields
from explorer.network.labels import in_words
from explorer.network.layer import Kind
from explorer.network.options import Stem


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
