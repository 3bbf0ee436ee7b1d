"""Could a deep plain network do what a shallow one does? Built by hand: the shallow one's blocks, the rest hand on.

He et al. 2015, section 1: "There exists a solution by construction to the deeper model: the added layers are identity
mapping, and the other layers are copied from the learned shallower model."
"""

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from explorer.jobs.idle import WORDS, Request
from explorer.live.progress import Progress, no_progress
from explorer.network.config import ResNetConfig
from explorer.network.options import Activation, Block, Norm, Order
from explorer.text.errors import Refusal
from explorer.text.quantities import counted, percent
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.recorded_networks import recorded_networks

if TYPE_CHECKING:
    from torch import nn

    from explorer.network.model import ResNet

SAME = 1e-3  # logits that differ by less are the same but for rounding


@dataclass(frozen=True, slots=True)
class Copy:
    """How many of ``pictures`` a shallow network gets right, a deep one trained from scratch, and the deep one made by
    hand; to how many it gives the shallow one's answer, and by how much a logit differs at most."""

    shallow: str
    deep: str
    pictures: int
    right_trained: int
    right_copied: int
    alike: int
    difference: float

    @property
    def succeeds(self) -> bool:
        """Whether the deep network answers every picture as the shallow one does."""
        return self.alike == self.pictures and self.difference < SAME


def copied(net: "ResNet", config: ResNetConfig) -> "ResNet":
    """Returns a plain network of ``config`` in evaluation mode that computes what the plain ``net`` does.

    In each stage the first blocks are those of ``net``; each later one has kernels that copy their input, and norms
    that change nothing. What such a block gets has been through a ReLU, so that its own ReLUs change nothing either.

    Raises:
        Refusal: the networks are not plain ones of basic blocks with batch norm and ReLU, or differ in more than depth.
    """
    from explorer.network.model import build  # noqa: PLC0415  torch is slow to load

    _check(net.config, config)
    deep = build(config, "cpu").eval()
    deep.load_state_dict(net.state_dict(), strict=False)
    for stage, count in zip(deep.stages, net.config.stage_blocks, strict=True):
        for block in list(deep.get_submodule(stage).children())[count:]:
            _hand_on(block)
    return deep


def _check(shallow: ResNetConfig, deep: ResNetConfig) -> None:
    if replace(deep, stage_blocks=shallow.stage_blocks) != shallow or any(
        more < few for few, more in zip(shallow.stage_blocks, deep.stage_blocks, strict=True)
    ):
        raise Refusal("The deep network has to be the shallow one with more blocks.")
    wanted = (True, Block.BASIC, Norm.BATCH, Activation.RELU, Order.POST)
    if (shallow.is_plain, shallow.block, shallow.norm, shallow.activation, shallow.order) != wanted:
        raise Refusal("Only plain networks of basic blocks with batch norm and ReLU are copied.")


def _hand_on(block: "nn.Module") -> None:
    """Sets a block's weights so that it returns what it gets, if that is nowhere below zero."""
    from torch import nn  # noqa: PLC0415

    for module in block.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.dirac_(module.weight)
        elif isinstance(module, nn.BatchNorm2d):  # as built: mean 0, variance 1, shift 0
            nn.init.constant_(module.weight, sqrt(1 + module.eps))


def copy_networks(shallow: TrainedNetwork, deep: TrainedNetwork, *, progress: Progress | None = None) -> Copy:
    """Make the deep network of the shallow one's weights, and compare their answers to the test pictures."""
    import torch  # noqa: PLC0415

    from explorer.live.shared_network import at_once  # noqa: PLC0415  it imports torch

    tell = progress or no_progress
    tested, trained = shallow.load(shallow.key), deep.load(deep.key)
    nets, logits = (tested.net, trained.net, copied(tested.net, deep.config)), []
    with torch.inference_mode():
        for number, net in enumerate(nets):
            tell(number / len(nets), "the test pictures go through")
            logits.append(torch.cat([net(batch) for batch in torch.split(tested.images, at_once(tested.images))]))
    of_shallow, of_trained, of_copy = (each.argmax(1) for each in logits)
    return Copy(
        shallow.name,
        deep.name,
        len(tested.labels),
        right_trained=int((of_trained == tested.labels).sum()),
        right_copied=int((of_copy == tested.labels).sum()),
        alike=int((of_copy == of_shallow).sum()),
        difference=float((logits[2] - logits[0]).abs().max()),
    )


def told_copy(copy: Copy) -> str:
    """What the comparison shows."""
    by_hand = (
        f"{copy.deep} with {copy.shallow}'s weights, and all other blocks set to hand on what they get, gives "
        f"{copy.alike:,} of {counted(copy.pictures, 'test picture')} the same answer as {copy.shallow}; "
        f"{_logits(copy)}."
    )
    shares = [percent(each, copy.pictures) for each in (copy.right_copied, copy.right_trained)]
    if not copy.succeeds:
        return by_hand
    better = copy.right_copied > copy.right_trained
    end = " So the better weights exist, and training did not find them." if better else ""
    return f"{by_hand} It gets {shares[0]} right; trained from scratch it got {shares[1]}.{end}"


def _logits(copy: Copy) -> str:
    return f"no logit differs by more than {copy.difference:.1g}" if copy.difference else "every logit is the same"


def copy_request() -> Request:
    """Asks for the recorded plain-56 made of the recorded plain-20, both of seed 0."""
    plain = {each.config.depth: each for each in reversed(recorded_networks()) if each.config.is_plain}
    return Request(copy_networks, (plain[20], plain[56]), WORDS)
