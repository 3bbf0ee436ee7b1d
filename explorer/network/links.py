"""The text that stands for a network in a link: a preset's name and what differs from it.

``resnet50``, ``resnet50~shortcut-C~image_size-64``: no percent-encoding, and readable in an address bar.
"""

import re
from dataclasses import fields
from functools import lru_cache

from explorer.network.config import LIMITS, PROBABILITIES, ResNetConfig, with_fields
from explorer.network.presets import differences, nearest_preset, preset

MAX_URL_LENGTH = 600
_DEFAULTS = ResNetConfig()
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_FIELDS = tuple(field.name for field in fields(ResNetConfig))


@lru_cache(maxsize=256)
def to_url(config: ResNetConfig) -> str:
    """The short, stable text that stands for this configuration in a link."""
    base = nearest_preset(config)
    changed = differences(config, base.config)
    return "~".join([base.name, *(f"{name}-{value_text(value, sep='.')}" for name, value in changed.items())])


def file_name(config: ResNetConfig) -> str:
    """What files about this network are called, without an ending."""
    return to_url(config).replace("~", "-")


@lru_cache(maxsize=256)  # a page asks several times in each run
def from_url(text: str) -> ResNetConfig:
    """The configuration a link stands for.

    Raises:
        ValueError: text that no configuration has; the message quotes the part that is wrong and what is allowed.
    """
    if len(text) > MAX_URL_LENGTH:
        raise ValueError(f"This link has {len(text):,} characters where a network needs at most {MAX_URL_LENGTH}.")
    name, *parts = text.split("~")
    base = preset(name)
    changes: dict[str, object] = {}
    for part in parts:
        field, dash, value = part.partition("-")
        if not dash or field not in _FIELDS:
            known = ", ".join(_FIELDS)
            raise ValueError(f"{part[:60]!r} is not a setting: write field-value, with a field of {known}.")
        changes[field] = _parsed(field, value)
    return with_fields(base, changes)


def value_text(value: object, *, sep: str = "-") -> str:
    """A field's value as links and names write it: ``on``, ``C``, ``16-32-64``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return sep.join(map(str, value)) if isinstance(value, tuple) else str(value)


def _parsed(field: str, text: str) -> object:
    default = getattr(_DEFAULTS, field)
    if isinstance(default, tuple):
        return tuple(_whole(field, entry) for entry in text.split("."))
    if isinstance(default, bool):
        if text not in ("on", "off"):
            raise ValueError(f"{field} is {text[:60]!r} in this link: write {field}-on or {field}-off.")
        return text == "on"
    if field in PROBABILITIES:
        return decimal(text)
    return _whole(field, text) if field in LIMITS else text


def decimal(text: str) -> object:
    """The fraction, or the text itself for the configuration to refuse in its own words."""
    return float(text) if _DECIMAL.fullmatch(text) else text


def _whole(field: str, text: str) -> object:
    """The number, or the text itself for the configuration to refuse in its own words."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text
