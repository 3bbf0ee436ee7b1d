"""What can be cut and reordered, by the shapes of the blocks themselves."""

from itertools import permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from explorer import ResNetConfig, preset
from explorer.network.model import build
from explorer.text.errors import Refusal
from explorer.training.damage.cuts import (
    Damage,
    Step,
    block_names,
    can_be_cut,
    equal_blocks,
    kendall_tau,
    random_cut,
    shuffled,
    swapped,
    why_not_cut,
)
from tests.network.strategies import configs

PLAIN = preset("plain20")


@pytest.mark.slow
@given(configs())
def test_a_block_can_be_cut_where_a_shortcut_stays_or_the_map_keeps_its_shape(config: ResNetConfig) -> None:
    net = build(config).eval()
    shapes: dict[str, tuple[torch.Size, torch.Size]] = {}
    for name in block_names(config):
        net.get_submodule(name).register_forward_hook(
            lambda _, given, out, name=name: shapes.update({name: (given[0].shape, out.shape)})
        )
    with torch.no_grad():
        net(torch.zeros(2, config.in_channels, config.image_size, config.image_size))
    strided = _strided(net)
    for name, (before, after) in shapes.items():
        # A stride halves a map, except for one that is a single row already.
        keeps = before == after and name not in strided
        assert (name in can_be_cut(config)) == (not config.is_plain or keeps)
        why = why_not_cut(config, name)
        assert bool(why) == (name not in can_be_cut(config))
        if why:
            assert why.startswith(f"{name} cannot be cut: ") and why.endswith("the next block.")


def _strided(net: torch.nn.Module) -> set[str]:
    convs = [(name, module) for name, module in net.named_modules() if isinstance(module, torch.nn.Conv2d)]
    blurred = {name for name, module in net.named_modules() if type(module).__name__ == "BlurPool"}
    strided = {name for name, module in convs if module.stride != (1, 1)} | blurred
    return {".".join(name.split(".")[:2]) for name in strided}


def test_a_plain_network_keeps_the_blocks_that_change_the_shape() -> None:
    assert set(block_names(PLAIN)) - set(can_be_cut(PLAIN)) == {"layer2.0", "layer3.0"}
    assert why_not_cut(PLAIN, "layer2.0") == (
        "layer2.0 cannot be cut: it turns 16 channels into 32 and halves the map, and without a shortcut nothing else "
        "does that for the next block."
    )
    with pytest.raises(Refusal, match=r"layer2\.0 cannot be cut"):
        Damage.of(PLAIN, ["layer2.0"])
    assert why_not_cut(preset("resnet20"), "layer2.0") == ""


def test_what_is_damaged_is_in_forward_order_and_said_once() -> None:
    config = preset("resnet20")
    damage = Damage.of(config, ["layer3.1", "layer1.0", "layer3.1"])
    assert damage.cuts == ("layer1.0", "layer3.1")
    assert damage == Damage.of(config, ["layer1.0", "layer3.1"], block_names(config))
    assert damage.steps(config)[0] == Step("layer1.0", cut=True) and damage.steps(config)[1] == Step("layer1.1")
    with pytest.raises(Refusal, match=r"no block 'layer4\.0': its blocks are layer1\.0, .* and 3 more"):
        Damage.of(config, ["layer4.0"])


@pytest.mark.slow
@given(configs(), st.data())
def test_equal_blocks_have_equal_parameters_and_swap(config: ResNetConfig, data: st.DataObject) -> None:
    net = build(config, device="meta")
    shapes = {
        name: [value.shape for value in net.get_submodule(name).state_dict().values()] for name in block_names(config)
    }
    for group in equal_blocks(config):
        assert len(group) > 1 and len({name.split(".")[0] for name in group}) == 1
        assert all(shapes[name] == shapes[group[0]] for name in group)
    one, other = data.draw(st.tuples(*[st.sampled_from(block_names(config))] * 2))
    if one == other or any({one, other} <= set(group) for group in equal_blocks(config)):
        order = swapped(config, one, other)
        assert sorted(order) == sorted(block_names(config))
        assert order.index(one) == block_names(config).index(other)
        assert Damage.of(config, order=order).steps(config) == tuple(map(Step, order))
    else:
        with pytest.raises(Refusal, match="cannot be swapped"):
            swapped(config, one, other)


def test_orders_that_cannot_be_are_refused() -> None:
    config = preset("resnet20")
    names = list(block_names(config))
    with pytest.raises(Refusal, match="each of the 9 blocks once"):
        Damage.of(config, order=names[1:])
    names[0], names[3] = names[3], names[0]
    with pytest.raises(Refusal, match=r"layer2\.0 cannot run in the place of layer1\.0: their shapes differ"):
        Damage.of(config, order=names)
    with pytest.raises(Refusal, match="Nothing can be shuffled"):
        shuffled(ResNetConfig(stage_blocks=(1, 2), widths=(8, 16)), 1, 0)


@given(st.permutations(list(range(12))) | st.permutations([0, 1]))
def test_tau_is_scipys(order: list[int]) -> None:
    assert kendall_tau(order) == pytest.approx(kendalltau(order, sorted(order)).statistic)


def test_tau_at_the_ends() -> None:
    assert kendall_tau([0]) == kendall_tau([]) == 1
    assert {kendall_tau(order) for order in permutations(range(2))} == {1, -1}


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_shuffles_stay_in_their_stage_and_are_told_by_tau(seed: int, swaps: int) -> None:
    config = preset("resnet56")
    order = shuffled(config, swaps, seed)
    assert order == shuffled(config, swaps, seed)
    damage = Damage.of(config, order=order)  # which checks every place
    assert [step.block for step in damage.steps(config)] == list(order)
    places = [block_names(config).index(name) for name in order]
    assert damage.tau(config) == pytest.approx(kendalltau(places, range(27)).statistic)
    if not swaps:
        assert not damage.order and damage.tau(config) == 1


@given(st.integers(0, 2**32 - 1), st.data())
def test_random_cuts_contain_the_smaller_ones_of_their_seed(seed: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(can_be_cut(PLAIN))))
    cuts = random_cut(PLAIN, count, seed)
    assert len(set(cuts)) == count and set(cuts) <= set(can_be_cut(PLAIN))
    assert cuts == random_cut(PLAIN, len(can_be_cut(PLAIN)), seed)[:count]


def test_more_cuts_than_there_are_blocks_are_refused() -> None:
    with pytest.raises(Refusal, match="8 blocks cannot be cut: this network has 7 that can"):
        random_cut(PLAIN, 8, 0)
    with pytest.raises(ValueError, match="seed is -1"):
        random_cut(PLAIN, 1, -1)
