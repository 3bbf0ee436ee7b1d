"""A damaged network's logits are those of a network rebuilt without the block, whatever the network."""

import weakref
from collections.abc import Sequence

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor
from torch.optim.swa_utils import update_bn

from explorer import ResNetConfig, preset
from explorer.network.model import ResNet, build_like
from explorer.network.options import Activation, Norm, Order, OutputStride
from explorer.training.damage.cuts import (
    Damage,
    block_names,
    can_be_cut,
    equal_blocks,
    random_cut,
    shuffled,
)
from explorer.training.damage.walk import nodes, recalibrate, tree, walk, walk_on
from tests.network.strategies import configs
from tests.network.trained import lively
from tests.training.damage.rebuilt import damaged, shallower


def pictures(config: ResNetConfig, count: int = 3, seed: int = 0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.randn(count, config.in_channels, config.image_size, config.image_size, generator=random)


def logits(net: ResNet, images: Tensor, damages: Sequence[Damage]) -> list[Tensor]:
    found: dict[int, Tensor] = {}
    with torch.no_grad():
        for node, out in walk(net, tree([damage.steps(net.config) for damage in damages]), images):
            found |= dict.fromkeys(node.ends, out)
    return [found[number] for number in range(len(damages))]


def close(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, rtol=1e-5, atol=1e-5, equal_nan=True)


@pytest.mark.slow
@given(configs())
def test_every_cut_is_the_network_whose_branch_adds_zeros(config: ResNetConfig) -> None:
    net, images = lively(config), pictures(config)
    cuts = can_be_cut(config)
    with torch.no_grad():
        whole, *found = logits(net, images, [Damage(), *(Damage((cut,)) for cut in cuts)])
        assert close(whole, net(images))
        for cut, each in zip(cuts, found, strict=True):
            with damaged(net, Damage((cut,))) as twin:
                assert close(each, twin(images)), cut


@pytest.mark.slow
@given(configs())
def test_a_cut_where_nothing_else_stays_is_a_network_one_block_shallower(config: ResNetConfig) -> None:
    """Where the shortcut is the identity, and the activation after it changes nothing that went through one before."""
    idempotent = config.activation is Activation.RELU or config.order is Order.PRE or config.is_plain
    assume(idempotent and config.output_stride is OutputStride.FULL)
    net, images = lively(config), pictures(config)
    alone = [
        cut
        for cut in can_be_cut(config)
        if getattr(net.get_submodule(cut), "downsample", None) is None
        and config.stage_blocks[int(cut.partition(".")[0].removeprefix("layer")) - 1] > 1
    ]
    with torch.no_grad():
        for cut, each in zip(alone, logits(net, images, [Damage((cut,)) for cut in alone]), strict=True):
            assert close(each, shallower(net, cut)(images)), cut


@pytest.mark.slow
@given(configs(), st.integers(0, 1000), st.data())
def test_damages_of_any_kind_share_a_tree_and_are_what_each_is_alone(
    config: ResNetConfig, seed: int, data: st.DataObject
) -> None:
    net, images = lively(config), pictures(config)
    counts = data.draw(st.lists(st.integers(0, len(can_be_cut(config))), min_size=1, max_size=4))
    damages = [
        Damage.of(
            config,
            random_cut(config, count, seed + number),
            shuffled(config, number, seed) if equal_blocks(config) else (),
        )
        for number, count in enumerate(counts)
    ]
    with torch.no_grad():
        for damage, found in zip(damages, logits(net, images, damages), strict=True):
            with damaged(net, damage) as twin:
                assert close(found, twin(images))


@pytest.mark.parametrize("name", ["resnet20", "plain20"])
def test_a_shuffled_network_is_one_with_its_modules_in_that_order(name: str) -> None:
    config = preset(name)
    net, images = lively(config), pictures(config, 2)
    shuffle = Damage(order=shuffled(config, 5, 1))
    whole, found = logits(net, images, [Damage(), shuffle])
    assert shuffle.order != block_names(config) and not close(whole, found)
    with torch.no_grad(), damaged(net, shuffle) as twin:
        assert close(found, twin(images))


@pytest.mark.slow
@given(configs(), st.integers(1, 3), st.data())
def test_recalibration_is_torchs_update_bn_of_the_damaged_network(
    config: ResNetConfig, batches: int, data: st.DataObject
) -> None:
    assume(config.norm is Norm.BATCH and not config.dropout and not config.stochastic_depth)
    net = lively(config)
    count = data.draw(st.integers(0, len(can_be_cut(config))))
    damages = [Damage.of(config, random_cut(config, count, seed)) for seed in range(2)]
    loader = [pictures(config, 4, seed + 1) for seed in range(batches)]
    images = pictures(config)
    root, scratch = tree([damage.steps(config) for damage in damages]), build_like(net).eval()
    found: dict[int, Tensor] = {}
    with torch.no_grad():
        for _ in recalibrate(scratch, root, loader):
            pass
        for node, out in walk(scratch, root, images):
            found |= dict.fromkeys(node.ends, out)
        for number, damage in enumerate(damages):
            with damaged(net, damage) as twin:  # all its statistics are measured anew each time
                update_bn(loader, twin)
                assert torch.allclose(found[number], twin.eval()(images), rtol=1e-4, atol=1e-4, equal_nan=True)


def test_only_maps_of_two_places_are_held_while_all_single_cuts_run() -> None:
    config = preset("resnet56")
    net, images = lively(config), pictures(config, 1)
    alive: set[int] = set()
    most = 0
    with torch.no_grad():
        for _, out in walk(net, tree([Damage((cut,)).steps(config) for cut in can_be_cut(config)]), images):
            if id(out) not in alive:
                alive.add(id(out))
                weakref.finalize(out, alive.discard, id(out))
            del out
            most = max(most, len(alive))
    assert most <= 4


def test_a_walk_that_goes_on_is_a_walk_from_the_stem() -> None:
    config = preset("resnet20")
    net, images = lively(config), pictures(config)
    root = tree([Damage((cut,)).steps(config) for cut in can_be_cut(config)[-3:]])
    with torch.no_grad():
        whole = list(walk(net, root, images))
        node, out = whole[4]
        rest = list(walk_on(net, node, out))
    assert [each.step for each, _ in rest] == [each.step for each, _ in whole[5:]]
    assert all(torch.equal(one, other) for (_, one), (_, other) in zip(rest, whole[5:], strict=True))
    assert len(nodes(root)) == len(whole)


@pytest.mark.slow
def test_the_deepest_network_is_no_matter_of_recursion() -> None:
    config = ResNetConfig(block="basic", stem="cifar", stage_blocks=(256,) * 5, widths=(1,) * 5, shortcut="A",
                          norm="none", num_classes=2, in_channels=1, image_size=16)  # fmt: skip
    net = lively(config)
    (found,) = logits(net, pictures(config, 1), [Damage(("layer5.255",))])
    assert found.shape == (1, 2)
