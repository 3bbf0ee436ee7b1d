"""The condition and the moment under which a verdict about gradients holds, in words.

Every page uses these words, so that two verdicts that differ say why. What matters most is whether a sum goes through
the activation behind it (He et al. 2015) or the shortcut bypasses it (He et al. 2016, arXiv:1603.05027, section 4).
"""

from explorer.gradients.values import InputSource
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.labels import OPTION_LABELS
from explorer.network.names import said
from explorer.network.options import Activation, Order, ResidualScale
from explorer.text.quantities import counted

BEFORE = "before the first step"
_INPUTS = {InputSource.NOISE: "noise", InputSource.DIGITS: "digits", InputSource.IMAGES: "a picture"}


def moment(steps: int) -> str:
    """The point in training: "before the first step", "after 20 steps"."""
    return f"after {counted(steps, 'step')}" if steps else BEFORE


def activation_word(activation: Activation) -> str:
    """An activation inside a sentence: "sigmoid", "leaky ReLU", "GELU"."""
    label = OPTION_LABELS[activation]
    return label[0].lower() + label[1:] if label[1:2].islower() and activation is not Activation.RELU else label


def way_of_the_sum(config: ResNetConfig) -> str:
    """Whether the gradient on its way down the shortcuts goes through the activation, as a clause."""
    activation = activation_word(config.activation)
    if config.is_plain:
        return f"plain, {activation}"
    if config.order is Order.POST:
        return f"each sum goes through the {activation}"
    plans = tuple(block_plans(config))
    behind = sum(plan.shortcut != "identity" for plan in plans)  # these read what norm and activation put out
    if behind == len(plans):
        return f"each shortcut starts behind the {activation}"
    exceptions = f", except in {counted(behind, 'block')}" if behind else ""
    return f"the shortcut bypasses the {activation}{exceptions}"


def condition(config: ResNetConfig, source: InputSource | None = None) -> str:
    """What a verdict about one network depends on: the sum's way, norm, initial weights and, where given, the input."""
    return _joined(way_of_the_sum(config), (config, config), source)


def shared_condition(first: ResNetConfig, second: ResNetConfig, source: InputSource | None = None) -> str:
    """What a verdict about two networks depends on beside what tells them apart.

    Where their sums go different ways, both are said; a plain network has no sums.
    """
    way, other = way_of_the_sum(first), way_of_the_sum(second)
    if way != other and not (first.is_plain or second.is_plain):
        way = f"with it {way}; without it {other}"
    return _joined(way, (first, second), source)


def _joined(way: str, pair: tuple[ResNetConfig, ResNetConfig], source: InputSource | None) -> str:
    first, second = pair
    same = [name for name in ("norm", "init") if getattr(first, name) == getattr(second, name)]
    weights = [said(name, getattr(first, name)) for name in same]
    if first.zero_init_residual and second.zero_init_residual:
        weights.append(said("zero_init_residual", True))
    if first.residual_scale is second.residual_scale is ResidualScale.LEARNED:
        weights.append(said("residual_scale", ResidualScale.LEARNED))
    if any(config.dropout or config.stochastic_depth for config in pair):
        weights.append("nothing dropped")
    return "; ".join(filter(None, (way, ", ".join(weights), _INPUTS[source] if source else "")))
