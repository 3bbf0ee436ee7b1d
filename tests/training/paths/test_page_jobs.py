"""The paths tab's question as the queue gets it."""

import pickle
from dataclasses import replace

import pytest
import torch

from explorer.training.inside_effort import PICTURES, SAMPLES
from explorer.training.paths.gradient import path_gradients
from explorer.training.paths.page_jobs import paths_of
from explorer.training.untrained import untrained
from tests.training.damage.patients import NETWORKS, SMALL, load


def test_a_trained_network_is_measured_on_its_test_pictures() -> None:
    found, patient = paths_of(NETWORKS[0], None), load("residual")
    expected = path_gradients(patient.net, patient.images[:PICTURES], patient.labels[:PICTURES], samples=SAMPLES)
    assert [each.norm for each in found.lengths] == pytest.approx([each.norm for each in expected.lengths], rel=1e-4)
    assert found.gap < 1e-5
    pickle.loads(pickle.dumps((paths_of, NETWORKS[0], None, found)))


def test_an_untrained_one_of_another_configuration_is_measured_on_the_same() -> None:
    config = replace(SMALL["residual"], stage_blocks=(1, 1), zero_init_residual=True)
    found = paths_of(NETWORKS[0], config)
    assert found.config == config and found.pictures == len(load("residual").images[:PICTURES])
    assert [each.norm > 0 for each in found.lengths] == [True, False, False]


def test_an_untrained_networks_norms_have_the_statistics_of_the_pictures() -> None:
    pictures = torch.randn(20, 1, 28, 28) + 2
    net = untrained(SMALL["residual"], pictures)
    seen = []
    with torch.no_grad():
        net.bn1.register_forward_hook(lambda _, __, out: seen.append(out))
        net(pictures)
    assert seen[0].mean((0, 2, 3)).abs().max() < 1e-3 and (seen[0].std((0, 2, 3)) - 1).abs().max() < 1e-2
    assert not any(module.training for module in net.modules()) and net.bn1.momentum == 0.1
