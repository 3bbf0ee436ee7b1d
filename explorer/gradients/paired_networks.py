"""What a network is compared with: the same one but for a single choice, with the same weights wherever both have them.

``explorer.network.model.build`` draws each weight from the seed and the weight's own name, so two networks that differ
in one field share every convolution that both have.
"""

from dataclasses import replace
from enum import StrEnum

from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.names import said
from explorer.network.options import Norm, Order, Shortcut
from explorer.text.quantities import capitalised


class Contrast(StrEnum):
    """The one choice in which the two networks differ."""

    SKIPS = "shortcuts"
    ORDER = "order"
    NORM = "norm"
    ZERO_INIT = "zero_init"

    @property
    def label(self) -> str:
        """What is compared, for a title."""
        return f"with and without {self.noun}"

    @property
    def noun(self) -> str:
        """What one of the two has and the other has not."""
        return {
            "shortcuts": "shortcuts",
            "order": "pre-activation",
            "norm": "batch norm",
            "zero_init": "zero-init",
        }[self]

    @property
    def change(self) -> str:
        """What turns the second of a pair into the first, as the subject of a sentence."""
        return {
            "shortcuts": "the shortcut",
            "order": "pre-activation",
            "norm": "batch norm",
            "zero_init": "zero-init",
        }[self]


def with_skips(config: ResNetConfig) -> ResNetConfig:
    """The network itself, or of a plain one the residual network with the same convolutions on the main path."""
    if not config.is_plain:
        return config
    grows = list(config.widths) == sorted(config.widths)
    return replace(config, shortcut=Shortcut.A if grows else Shortcut.B)


def counterpart(config: ResNetConfig, contrast: Contrast) -> ResNetConfig:
    """The network that differs from ``config`` in nothing but the contrast.

    A plain network's twin for zero-init is that of the residual one: without a shortcut there is no zero-init.
    """
    match contrast:
        case Contrast.SKIPS:
            return with_skips(config) if config.is_plain else replace(config, shortcut=Shortcut.NONE)
        case Contrast.ORDER:
            return replace(config, order=Order.POST if config.order is Order.PRE else Order.PRE)
        case Contrast.NORM:
            return replace(config, norm=Norm.BATCH if config.norm is Norm.NONE else Norm.NONE)
        case Contrast.ZERO_INIT:
            return replace(config, zero_init_residual=not config.zero_init_residual)


def pair(config: ResNetConfig, contrast: Contrast) -> tuple[ResNetConfig, ResNetConfig]:
    """The network that has what the contrast is about (shortcuts, pre-activation, batch norm, zero-init), then the
    other: whichever of the two ``config`` is, the same two are compared."""
    other = counterpart(config, contrast)
    return (config, other) if has(config, contrast) else (other, config)


def has(config: ResNetConfig, contrast: Contrast) -> bool:
    """Whether the network is the one of the pair that has what the contrast is about."""
    return {
        Contrast.SKIPS: not config.is_plain,
        Contrast.ORDER: config.order is Order.PRE,
        Contrast.NORM: config.norm is Norm.BATCH,
        Contrast.ZERO_INIT: config.zero_init_residual,
    }[contrast]


def names(config: ResNetConfig, contrast: Contrast) -> tuple[str, str]:
    """What the two are called in charts: short, and what differs first."""
    first, _ = pair(config, contrast)
    shortcut = f"shortcut {said('shortcut', first.shortcut)}"
    return {
        Contrast.SKIPS: (capitalised(shortcut), "No shortcuts"),
        Contrast.ORDER: ("Pre-activation", "Post-activation"),
        Contrast.NORM: ("Batch norm", "No norm"),
        Contrast.ZERO_INIT: ("Zero-init", "No zero-init"),
    }[contrast]


def refusal(config: ResNetConfig, contrast: Contrast) -> str:
    """Why the contrast makes no sense for this network; empty where it does."""
    if contrast is Contrast.ZERO_INIT:
        return inactive_fields(config).get("zero_init_residual", "")
    return ""
