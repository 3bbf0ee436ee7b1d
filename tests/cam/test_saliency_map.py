"""What is read off maps and logits: the same that torch reads, and the values' own words."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from explorer import ResNetConfig, build
from explorer.cam.saliency_map import Atlas, Cams, Method, SaliencyMap, layer_names, predictions, scaled_up
from tests.network.strategies import configs

FLOATS = st.floats(-1e3, 1e3, width=32)


def a_map(values: list[list[float]], target: int = 0) -> SaliencyMap:
    return SaliencyMap(Method.GRAD_CAM, "layer1", target, np.array(values, dtype=np.float32))


@given(st.data(), st.integers(1, 9), st.integers(1, 9), st.integers(0, 40), st.integers(0, 40))
def test_scaled_up_is_torchs_interpolate(data: st.DataObject, h: int, w: int, higher: int, wider: int) -> None:
    values = data.draw(arrays(np.float32, (h, w), elements=FLOATS))
    size = (h + higher, w + wider)
    expected = functional.interpolate(torch.from_numpy(values)[None, None], size, mode="bilinear", align_corners=False)
    found = scaled_up(values, *size)
    assert found.shape == size
    assert found.dtype == np.float32
    assert np.allclose(found, expected[0, 0].numpy(), atol=1e-5 * max(1, np.abs(values).max()))


def test_scaled_up_takes_arrays_that_are_not_contiguous() -> None:
    values = np.arange(24, dtype=np.float64).reshape(4, 6)
    assert np.array_equal(scaled_up(values.T[::2], 6, 8), scaled_up(values.T[::2].copy(), 6, 8))


@given(st.lists(st.floats(-700, 700, width=32), min_size=1, max_size=30), st.integers(1, 7))
def test_predictions_are_torchs_softmax_and_topk(logits: list[float], count: int) -> None:
    names = [f"class {index}" for index in range(len(logits))]
    found = predictions(logits, names, count)
    tensor = torch.tensor(logits, dtype=torch.float64)
    best = tensor.topk(min(count, len(logits)))
    assert [one.logit for one in found] == best.values.tolist()
    assert [one.probability for one in found] == pytest.approx(tensor.softmax(0)[[one.index for one in found]].tolist())
    assert all((one.name, one.logit) == (names[one.index], logits[one.index]) for one in found)
    for first, second in pairwise(found):
        assert (first.logit, -first.index) > (second.logit, -second.index)


@pytest.mark.slow
@given(configs())
def test_layers_are_modules_in_forward_order(config: ResNetConfig) -> None:
    names = layer_names(config)
    net = build(config, device="meta")
    blocks = [name for name, _ in net.named_modules() if name.startswith("layer") and name.count(".") == 1]
    assert names == ("stem", *blocks)


def test_positive_and_all_negative() -> None:
    mixed, against, nothing = a_map([[-1, 2], [0, 3]]), a_map([[-1, -2]]), a_map([[0, 0]])
    assert mixed.positive.tolist() == [[0, 2], [0, 3]]
    assert [one.all_negative for one in (mixed, against, nothing)] == [False, True, True]
    cams = Cams(np.zeros((2, 3), dtype=np.float32), (a_map([[1, -1]]), against))
    assert cams.scores.tolist() == [[[1, -1]], [[-1, -2]]]
    assert cams.all_negative == (False, True)


def test_an_atlas_is_read_by_layer_class_and_picture() -> None:
    scores = tuple(np.arange(size, dtype=np.float32).reshape(2, 2, 1, -1) for size in (16, 4))
    atlas = Atlas(("stem", "layer1.0"), (7, 3), np.zeros((2, 9), dtype=np.float32), scores, against=5)
    one = atlas.at("stem", 3, image=1)
    assert (one.method, one.layer, one.target, one.against) == (Method.GRAD_CAM, "stem", 3, 5)
    assert one.values.tolist() == [[12, 13, 14, 15]]
    assert [each.layer for each in atlas.strip(7)] == ["stem", "layer1.0"]
    assert [each.values.tolist() for each in atlas.strip(7, image=1)] == [[[4, 5, 6, 7]], [[1]]]
    for layer, target in (("layer9", 3), ("stem", 4)):
        with pytest.raises(ValueError, match="not in tuple"):
            atlas.at(layer, target)
