"""What a network is compared with: the same one but for a single choice, with the same weights wherever both have them.

``explorer.network.model.build`` draws each weight from the seed and the weight's own name, so two networks that differ
in one field share every convolution that both have.
"""

from dataclasses import replace
from enum import StrEnum

from explorer.network.config import ResNetConfig
from explorer.network.inactive_fields import inactive_fields
from explorer.network.names import said
from explorer.network.options import Norm, Order, ResidualScale, Shortcut
from explorer.text.quantities import capitalised


class Contrast(StrEnum):
    """The one choice in which the two networks differ."""

    SKIPS = "shortcuts"
    ORDER = "order"
    NORM = "norm"
    ZERO_INIT = "zero_init"
    LEARNED_SCALE = "learned_scale"

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
            "norm": "norms",
            "zero_init": "zero-init",
            "learned_scale": "learned scales",
        }[self]

    @property
    def change(self) -> str:
        """What turns the second of a pair into the first, as the subject of a sentence."""
        return {
            "shortcuts": "the shortcut",
            "order": "pre-activation",
            "norm": "the norm",
            "zero_init": "zero-init",
            "learned_scale": "the learned scale",
        }[self]


def with_skips(config: ResNetConfig) -> ResNetConfig:
    """The network itself, or of a plain one the residual network with the same convolutions on the main path."""
    if not config.is_plain:
        return config
    outputs = [config.stem_channels, *(width * config.expansion for width in config.widths)]
    grows = outputs == sorted(outputs)
    return replace(config, shortcut=Shortcut.A if grows else Shortcut.B)


def counterpart(config: ResNetConfig, contrast: Contrast) -> ResNetConfig:
    """The network that differs from ``config`` in nothing but the contrast.

    A network without norms is paired with the batch-normed one, and one with group norms with that without.
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
        case Contrast.LEARNED_SCALE:
            learned = config.residual_scale is ResidualScale.LEARNED
            return replace(config, residual_scale=ResidualScale.ONE if learned else ResidualScale.LEARNED)


def pair(config: ResNetConfig, contrast: Contrast) -> tuple[ResNetConfig, ResNetConfig]:
    """The network that has what the contrast is about (shortcuts, pre-activation, norms, ...), then the other:
    whichever of the two ``config`` is, the same two are compared."""
    other = counterpart(config, contrast)
    return (config, other) if has(config, contrast) else (other, config)


def has(config: ResNetConfig, contrast: Contrast) -> bool:
    """Whether the network is the one of the pair that has what the contrast is about."""
    return {
        Contrast.SKIPS: not config.is_plain,
        Contrast.ORDER: config.order is Order.PRE,
        Contrast.NORM: config.norm is not Norm.NONE,
        Contrast.ZERO_INIT: config.zero_init_residual,
        Contrast.LEARNED_SCALE: config.residual_scale is ResidualScale.LEARNED,
    }[contrast]


def names(config: ResNetConfig, contrast: Contrast) -> tuple[str, str]:
    """What the two are called in charts: short, and what differs first."""
    first, _ = pair(config, contrast)
    shortcut = f"shortcut {said('shortcut', first.shortcut)}"
    return {
        Contrast.SKIPS: (capitalised(shortcut), "No shortcuts"),
        Contrast.ORDER: ("Pre-activation", "Post-activation"),
        Contrast.NORM: (capitalised(said("norm", first.norm)), "No norm"),
        Contrast.ZERO_INIT: ("Zero-init", "No zero-init"),
        Contrast.LEARNED_SCALE: ("Learned scale", "No learned scale"),
    }[contrast]


def refusal(config: ResNetConfig, contrast: Contrast) -> str:
    """Why the contrast makes no sense for this network; empty where it does."""
    fields = {Contrast.ZERO_INIT: "zero_init_residual", Contrast.LEARNED_SCALE: "residual_scale"}
    return inactive_fields(config).get(fields[contrast], "") if contrast in fields else ""
