"""What a network makes of a picture, as plain values."""

import numpy as np
import pytest

from explorer.cam.results import Look
from explorer.cam.saliency_map import Method, SaliencyMap

NAMES = ("cat", "dog", "bird")


def a_look() -> Look:
    maps = tuple(
        SaliencyMap(Method.GRAD_CAM, layer, 1, np.full((2, 2), value, np.float32))
        for value, layer in enumerate(("stem", "layer1.0", "layer2.0"))
    )
    return Look(np.array([0.0, 2.0, 1.0], np.float32), 1, maps)


def test_layers_are_in_forward_order() -> None:
    assert a_look().layers == ("stem", "layer1.0", "layer2.0")


def test_a_layers_map() -> None:
    assert a_look().at("layer1.0").values.mean() == 1
    with pytest.raises(ValueError, match="tuple"):
        a_look().at("layer9.9")


def test_the_likeliest_classes() -> None:
    likeliest = a_look().likeliest(NAMES, 2)
    assert [each.name for each in likeliest] == ["dog", "bird"]
    assert likeliest[0].probability == pytest.approx(np.exp(2) / (1 + np.exp(1) + np.exp(2)))


def test_any_class_can_be_asked_for() -> None:
    look = a_look()
    everything = [look.prediction(index, NAMES) for index in range(3)]
    assert [each.name for each in everything] == list(NAMES)
    assert sum(each.probability for each in everything) == pytest.approx(1)
