"""Fields that change nothing in a given network, such as the stride of a bottleneck in a network that has none."""

from collections.abc import Iterator

from explorer.network.block_plans import block_plans, stage_strides
from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Norm, Order, OutputStride, ResidualScale


def inactive_fields(config: ResNetConfig) -> dict[str, str]:
    """The fields that change nothing in this network, each with the reason in a sentence."""
    return dict([*_of_bottlenecks(config), *_of_shortcuts(config), *_of_strides(config)])


def _of_bottlenecks(config: ResNetConfig) -> Iterator[tuple[str, str]]:
    if config.block is Block.BASIC:
        yield "stride_in", "Only a bottleneck has a choice of where the stride goes; a basic block strides first."
        for field in ("groups", "width_per_group"):
            yield (
                field,
                "Only the 3×3 of a bottleneck is grouped or widened; a basic block has two of the stage's width.",
            )
    elif len(config.stage_blocks) == 1:
        yield "stride_in", "A single stage has no stride: only later stages halve the resolution."
    elif not any(stride > 1 for stride in stage_strides(config)):
        yield "stride_in", "No stage of this network has a stride: all are dilated instead."


def _of_shortcuts(config: ResNetConfig) -> Iterator[tuple[str, str]]:
    if not config.shortcut.projects:
        yield "shortcut_norm", f"Shortcut '{config.shortcut}' has no projection that a norm could follow."
    elif not any(plan.shortcut == "project" for plan in block_plans(config)):
        yield "shortcut_norm", "No block of this network changes the shape, so there is no projection."
    elif config.norm is Norm.NONE:
        yield "shortcut_norm", "The network has no normalisation."
    elif config.order is Order.PRE:
        yield "shortcut_norm", "A pre-activation projection reads an already normalised map and carries no norm."
    if config.is_plain:
        yield "zero_init_residual", "Without shortcuts a branch that starts at zero would silence the network."
        yield "residual_scale", "Without shortcuts a scale that starts at zero would silence the network."
        yield "stochastic_depth", "Without shortcuts a block that is dropped would silence the network."
    elif config.residual_scale is ResidualScale.LEARNED:
        yield (
            "zero_init_residual",
            "The learned scale already starts each branch at zero; with both, neither would ever get a gradient.",
        )


def _of_strides(config: ResNetConfig) -> Iterator[tuple[str, str]]:
    if stage_strides(config, OutputStride.EIGHT) == stage_strides(config, OutputStride.FULL):
        yield "output_stride", "This network's last map is at most 8 times smaller than the image already."
    if not config.stem.max_pools and not any(stride > 1 for stride in stage_strides(config)):
        yield "antialias", "Nothing in this network has a stride that a blur could come before."
