"""The gradient by path length against autograd and against all paths one by one."""

from dataclasses import replace
from itertools import combinations
from math import comb

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ResNetConfig, build, preset
from explorer.network.model import ResNet
from explorer.text.errors import Refusal
from explorer.training.paths import gradient
from explorer.training.paths.block_gradients import BlockGradients
from explorer.training.paths.gradient import path_gradients, residual_blocks, sampled_paths
from explorer.training.paths.lengths import path_counts
from tests.network.strategies import configs
from tests.network.trained import lively

SMALL = replace(preset("resnet20"), stage_blocks=(1, 2, 1), widths=(4, 6, 8), num_classes=3, image_size=12)


def network(config: ResNetConfig) -> tuple[ResNet, torch.Tensor, torch.Tensor]:
    """A network with no weight at zero and statistics of its own, in float64, and pictures for it."""
    net = lively(config).double()
    random = torch.Generator().manual_seed(3)
    shape = (3, config.in_channels, config.image_size, config.image_size)
    images = torch.randn(shape, generator=random, dtype=torch.float64)
    return net, images, torch.randint(config.num_classes, (3,), generator=random)


def brute_force(net: ResNet, images: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    """The sum of the gradients by all paths of each length, path by path, as autograd gives them.

    A path's gradient comes from a network in which every other way back is detached.
    """
    net.eval()
    blocks = list(residual_blocks(net))
    found = []
    for length in range(len(blocks) + 1):
        total = torch.zeros(())
        for path in combinations(blocks, length):
            hooks = []
            for block in blocks:

                def detached(_, summands, taken=block in path):  # type: ignore[no-untyped-def]
                    branch, shortcut = summands
                    return (branch, shortcut.detach()) if taken else (branch.detach(), shortcut)

                hooks.append(block.add.register_forward_pre_hook(detached))
            x = net.forward_stem(images).detach().requires_grad_()
            out = x
            for block in blocks:
                out = block(out)
            loss = torch.nn.functional.cross_entropy(net.forward_head(out), labels)
            total = total + torch.autograd.grad(loss, x)[0]
            for hook in hooks:
                hook.remove()
        found.append(total)
    return found


@settings(max_examples=40)
@given(configs())
def test_the_lengths_sum_to_autograds_gradient(config: ResNetConfig) -> None:
    net, images, labels = network(config)
    found = path_gradients(net, images, labels, samples=1)
    assert found.gap < 1e-8
    assert found.paths == (1 if config.is_plain else 2 ** sum(config.stage_blocks))
    assert sum(each.along for each in found.lengths) == pytest.approx(1 if found.norm else 0, abs=1e-8)
    x = net.eval().forward_stem(images).detach().requires_grad_()
    out = x
    for block in residual_blocks(net):
        out = block(out)
    loss = torch.nn.functional.cross_entropy(net.forward_head(out), labels)
    assert found.norm == pytest.approx(float(torch.autograd.grad(loss, x)[0].norm()), rel=1e-8)


VARIANTS = {
    "post, A": {},
    "post, B": {"shortcut": "B"},
    "post, C": {"shortcut": "C"},
    "pre, A": {"order": "pre"},
    "pre, C": {"order": "pre", "shortcut": "C"},
    "bottleneck": {"block": "bottleneck", "shortcut": "avgpool_projection"},
    "gelu, group norm": {"activation": "gelu", "norm": "group"},
    "squeeze-excite, scale, dropout": {"attention": "se", "residual_scale": "learned", "dropout": 0.2,
                                       "stochastic_depth": 0.4},
}  # fmt: skip


@pytest.mark.parametrize("change", VARIANTS.values(), ids=VARIANTS)
def test_every_path_one_by_one_gives_the_same(change: dict[str, object]) -> None:
    net, images, labels = network(replace(SMALL, **change))
    expected = brute_force(net, images, labels)
    found = path_gradients(net, images, labels, samples=6)
    whole = sum(expected)
    for each, wanted in zip(found.lengths, expected, strict=True):
        assert each.norm == pytest.approx(float(wanted.norm()), rel=1e-8)
        assert each.along == pytest.approx(float((wanted * whole).sum() / whole.square().sum()), rel=1e-8)
        assert each.paths == comb(4, each.length) == each.sampled
        assert each.estimate >= each.norm * (1 - 1e-9)  # a sum of norms, of all paths here
    assert found.lengths[0].estimate == pytest.approx(found.lengths[0].norm)
    assert found.lengths[-1].estimate == pytest.approx(found.lengths[-1].norm)


def test_pictures_in_groups_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    net, images, labels = network(SMALL)
    together = path_gradients(net, images, labels)
    monkeypatch.setattr(gradient, "KEPT_BYTES", 1)
    apart = path_gradients(net, images, labels)
    for one, other in zip(together.lengths, apart.lengths, strict=True):
        assert (one.norm, one.along, one.single) == pytest.approx((other.norm, other.along, other.single))
    assert apart.pictures == 3


def test_the_network_and_the_random_state_stay() -> None:
    net, images, labels = network(SMALL)
    net.train()
    net.layer2.eval()
    modes = [module.training for module in net.modules()]
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    torch.manual_seed(5)
    state = torch.get_rng_state()
    path_gradients(net, images, labels)
    assert [module.training for module in net.modules()] == modes and torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
    assert not any(module._forward_pre_hooks for module in net.modules())
    assert all(parameter.grad is None for parameter in net.parameters())


def test_it_tells_how_far_it_is_and_can_be_cancelled() -> None:
    net, images, labels = network(SMALL)
    said: list[float] = []
    path_gradients(net, images, labels, progress=lambda fraction, _: said.append(fraction))
    assert said == [0, 0.25, 0.5, 0.75]

    def stop(fraction: float, _: str) -> None:
        if fraction:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        path_gradients(net.train(), images, labels, progress=stop)
    assert all(module.training for module in net.modules())


@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 5))
def test_sampled_paths_are_different_ones_of_each_length(blocks: int, samples: int, seed: int) -> None:
    paths = sampled_paths(blocks, samples, seed)
    assert len(set(paths)) == len(paths) and paths == sampled_paths(blocks, samples, seed)
    for length in range(blocks + 1):
        assert sum(len(path) == length for path in paths) == min(comb(blocks, length), samples)


def test_a_branch_of_zero_lets_the_gradient_by_on_the_shortcuts_alone() -> None:
    net = build(replace(SMALL, zero_init_residual=True))
    found = path_gradients(net, torch.randn(2, 3, 12, 12), torch.tensor([0, 2]))
    assert [each.norm > 0 for each in found.lengths] == [True, False, False, False, False]
    assert found.effective == (0, 0) and found.lengths[0].along == pytest.approx(1)


def test_a_plain_network_has_one_path() -> None:
    config = replace(SMALL, shortcut="none")
    net, images, labels = network(config)
    found = path_gradients(net, images, labels)
    assert path_counts(config) == (0, 0, 0, 0, 1) and found.paths == 1
    assert [each.norm for each in found.lengths] == pytest.approx([0, 0, 0, 0, found.norm])
    assert found.lengths[-1].single == pytest.approx(found.norm) and found.effective == found.estimated == (4, 4)


def test_pictures_without_labels_are_refused() -> None:
    net, images, labels = network(SMALL)
    with pytest.raises(Refusal, match="3 pictures and 2 labels"):
        path_gradients(net, images, labels[:2])


def test_parts_of_a_block_sum_to_its_gradient() -> None:
    net, *_ = network(SMALL)
    block, x = net.eval().layer2[0], torch.randn(2, 4, 6, 6, dtype=torch.float64)
    part, leaf = BlockGradients(block, x), x.clone().requires_grad_()
    out = block(leaf)
    gradient = torch.randn_like(out)
    both = part.by_one_way(gradient, branch=True) + part.by_one_way(gradient, branch=False)
    torch.testing.assert_close(both, torch.autograd.grad(out, leaf, gradient)[0])
