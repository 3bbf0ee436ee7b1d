"""One change worth making next to a network whose gradient was just measured."""

from dataclasses import replace

from explorer.gradients.paired_networks import with_skips
from explorer.gradients.verdict import Verdict
from explorer.network.config import ResNetConfig
from explorer.network.depths import blocks_for_depth
from explorer.network.names import name_of
from explorer.network.options import Activation, Init, Norm, Order, ResidualScale

_SATURATING = (Activation.SIGMOID, Activation.TANH)
_DEEPEST = 110


def advice(config: ResNetConfig, verdict: Verdict) -> tuple[str, ResNetConfig] | None:
    """What to try next, as a sentence that says why, and the network it leads to; None where nothing comes to mind.

    It promises nothing: what the change does is measured when it is made.
    """
    if verdict is Verdict.HEALTHY:
        return _deeper(config)
    if verdict is Verdict.NOTHING:
        return _more_classes(config)
    change = _vanishing(config) if verdict is Verdict.VANISHES else _exploding(config)
    if change is None:
        return None
    words, changed = change
    return f"{words}: {name_of(changed)}.", changed


def _vanishing(config: ResNetConfig) -> tuple[str, ResNetConfig] | None:
    if config.is_plain:
        return "Give it shortcuts, everything else the same", with_skips(config)
    if config.activation in _SATURATING and config.order is Order.POST:
        return "Take the activation out of the shortcut's way (pre-activation)", replace(config, order=Order.PRE)
    if config.norm is Norm.NONE:
        if config.init is Init.TORCH:
            return "Start from larger weights (He)", replace(config, init=Init.HE_FAN_IN)
        return "Normalise after each convolution", replace(config, norm=Norm.BATCH)
    return None


def _exploding(config: ResNetConfig) -> tuple[str, ResNetConfig] | None:
    if config.is_plain:
        return "Give it shortcuts, everything else the same", with_skips(config)
    starts_as_shortcut = config.residual_scale is ResidualScale.LEARNED or config.zero_init_residual
    if not starts_as_shortcut and config.norm is Norm.NONE:
        changed = replace(config, residual_scale=ResidualScale.LEARNED)
        return "Let every block start as its shortcut, without any norm (learned scale)", changed
    if not starts_as_shortcut:
        return "Let every block start as its shortcut (zero-init)", replace(config, zero_init_residual=True)
    if config.norm is Norm.NONE:
        return "Normalise after each convolution", replace(config, norm=Norm.BATCH)
    return None


def _more_classes(config: ResNetConfig) -> tuple[str, ResNetConfig] | None:
    """Ten classes in place of one, with which there is nothing to learn."""
    if config.num_classes > 1:
        return None
    changed = replace(config, num_classes=10)
    return f"Give it classes to tell apart, so that the loss depends on what it puts out: {name_of(changed)}.", changed


def _deeper(config: ResNetConfig) -> tuple[str, ResNetConfig] | None:
    """The same network with 110 layers, where there is one and it is not that deep yet."""
    if config.depth >= _DEEPEST:
        return None
    try:
        changed = replace(config, stage_blocks=blocks_for_depth(config, _DEEPEST))
    except ValueError:
        return None
    return f"Make it deeper, and see whether it stays healthy: {name_of(changed)}.", changed
