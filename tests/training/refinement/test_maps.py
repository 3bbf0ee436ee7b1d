"""The maps of a block: which channels, what they add up to, and their greys."""

import numpy as np
import pytest
import torch

from explorer.text.errors import Refusal
from explorer.training.refinement.maps import as_grey, largest_channels
from explorer.training.refinement.measure import block_maps
from explorer.training.refinement.page_jobs import CHANNELS, maps_of
from explorer.training.refinement.sentences import told_maps
from tests.network.trained import lively
from tests.training.damage.patients import NETWORKS, SMALL, load


def test_maps_are_those_of_the_block_and_sum_to_its_output() -> None:
    patient = load("residual")
    found = maps_of(NETWORKS[0], None, "layer2.0", 3)
    with torch.no_grad():
        x = patient.net.layer1(patient.net.forward_stem(patient.images[3:4]))
        out, padded = patient.net.layer2[0](x)[0].numpy(), patient.net.layer2[0].downsample(x)[0].numpy()
    chosen = list(found.channels)
    np.testing.assert_allclose(np.maximum(found.total, 0), out[chosen], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.x, padded[chosen], rtol=1e-6)
    np.testing.assert_allclose(found.x + found.branch, found.total, rtol=1e-6, atol=1e-6)
    assert len(chosen) == CHANNELS
    assert found.most == max(abs(each).max() for each in (found.x, found.branch, found.total))
    assert "6 channels of layer2.0" in told_maps(found)


def test_the_channels_are_the_largest_ones() -> None:
    branch = np.zeros((4, 2, 2), np.float32)
    branch[2], branch[0] = -3, 1
    assert largest_channels(branch, 2) == (2, 0) and largest_channels(branch, 9) == (2, 0, 1, 3)


def test_greys_are_symmetric_about_zero() -> None:
    maps = np.array([[[-2.0, 0.0, 2.0]]], np.float32)
    assert as_grey(maps, 2.0).tolist() == [[[1, 128, 255]]]
    assert as_grey(np.zeros_like(maps), 0.0).tolist() == [[[128, 128, 128]]]


@pytest.mark.parametrize("kind", ["residual", "plain"])
def test_a_block_without_maps_is_refused(kind: str) -> None:
    net = lively(SMALL[kind])
    with pytest.raises(Refusal, match="no block 'layer"):
        block_maps(net, torch.zeros(1, 28, 28), "layer9.0" if kind == "residual" else "layer1.0", 3)
