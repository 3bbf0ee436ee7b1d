"""Settings in the words that a report uses, and what a text does not tell and was taken for granted."""

from collections.abc import Iterator
from typing import Any

from explorer.check.intended.settings import PossibleSettings
from explorer.check.structure.network import Network
from explorer.check.values import Source
from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.labels import FIELD_LABELS, option_label
from explorer.network.names import name_of
from explorer.network.options import Shortcut, Stem
from explorer.network.presets import differences, preset_of

SAID = "This is what you said that it was meant to be."
# Settings that a text does not show, or that say nothing about which network was meant.
LEFT_OPEN = ("init", "zero_init_residual", "image_size", "num_classes", "in_channels")


def network_title(config: ResNetConfig) -> str:
    """The network's published title, or its settings in short where no published network has them."""
    published = preset_of(config)
    return published.title if published else name_of(config)


def value_words(name: str, value: Any) -> str:
    """The value of the setting ``name`` as a reader knows it: ``on``, ``(64, 128)``, ``pre-activation``, ``1,000``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(str, value)) + ")"
    return option_label(name, value) if isinstance(value, str) else f"{value:,}"


def changes_in_words(literal: ResNetConfig, config: ResNetConfig) -> str:
    """The settings in which ``literal`` differs from ``config``: ``widths (64, 96) for (64, 128)``."""
    changed = [name for name in differences(literal, config) if name not in LEFT_OPEN]
    values = {name: [value_words(name, getattr(entry, name)) for entry in (literal, config)] for name in changed}
    return ", ".join(f"{FIELD_LABELS[name].lower()} {has} for {meant}" for name, (has, meant) in values.items())


def assumptions(config: ResNetConfig, possible: PossibleSettings, network: Network) -> Iterator[str]:
    """Yields one sentence for each assumption."""
    source, side = network.text.source, network.side
    if config.is_plain and Shortcut.A in possible["shortcut"] and len(config.widths) > 1:
        has, gets = (width * config.expansion for width in config.widths[:2])
        yield (
            "No block shows a shortcut that changes the shape, nor a sum. Without sums this is a plain network, which "
            f"runs. If forward adds each block's input to its output, it fails where {has:,} channels meet {gets:,}: "
            "the blocks were then made without the downsample argument."
        )
    unseen = inactive_fields(config)
    for name, values in possible.items():
        if len(values) > 1 and name not in unseen:
            chosen = getattr(config, name)
            others = " or ".join(value_words(name, value) for value in values if value != chosen)
            yield f"{FIELD_LABELS[name]}: {value_words(name, chosen)} assumed; {others} would look the same here."
    if source is not Source.PRINTED and not source.is_table:
        yield "Strides, paddings and the order of layers are not in a state dict and are taken to be right."
    if source.is_table:
        yield "Paddings are not in the table; they are taken to be right where the sizes are."
    if side and config.stem is not Stem.CIFAR and not side % 2:
        yield f"The image is taken to have {side}×{side} pixels: {side - 1}×{side - 1} would look the same here."
    if side is None:
        yield f"The image is taken to have {config.image_size}×{config.image_size} pixels: the text does not tell."
    for name in ("num_classes", "in_channels"):
        if name not in possible:
            yield f"{FIELD_LABELS[name]}: {getattr(config, name):,} assumed, the text does not show any."
    yield "How weights start (the initialisation, zero-init) leaves no trace in a text."
