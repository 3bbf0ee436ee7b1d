"""Settings and whole configurations in the words that a report uses."""

from typing import Any

from explorer.network.config import ResNetConfig
from explorer.network.labels import FIELD_LABELS, option_label
from explorer.network.names import name_of
from explorer.network.presets import differences, preset_of

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
