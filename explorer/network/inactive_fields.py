"""Fields that change nothing in a given network, such as the stride of a bottleneck in a network that has none."""

from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Norm, Order


def inactive_fields(config: ResNetConfig) -> dict[str, str]:
    """The fields that change nothing in this network, each with the reason in a sentence."""
    reasons: dict[str, str] = {}
    if config.block is Block.BASIC:
        reasons["stride_in"] = "Only a bottleneck has a choice of where the stride goes; a basic block strides first."
    elif len(config.stage_blocks) == 1:
        reasons["stride_in"] = "A single stage has no stride: only later stages halve the resolution."
    if not config.shortcut.projects:
        reasons["shortcut_norm"] = f"Shortcut '{config.shortcut}' has no projection that a norm could follow."
    elif not any(plan.shortcut == "project" for plan in block_plans(config)):
        reasons["shortcut_norm"] = "No block of this network changes the shape, so there is no projection."
    elif config.norm is Norm.NONE:
        reasons["shortcut_norm"] = "The network has no normalisation."
    elif config.order is Order.PRE:
        reasons["shortcut_norm"] = "A pre-activation projection reads an already normalised map and carries no norm."
    if config.is_plain:
        reasons["zero_init_residual"] = "Without shortcuts a branch that starts at zero would silence the network."
    return reasons
