"""What a measurement is given: sources, and what is refused."""

import math
from dataclasses import replace

import pytest
import torch

from explorer import preset
from explorer.gradients.input_batch import digits
from explorer.gradients.measure import gradient_flow, over_seeds
from explorer.live.devices import DeviceError
from tests.gradients.small import SMALL


def test_digits_are_scikit_learns() -> None:
    images, labels = digits(SMALL, 500, seed=2)
    assert images.shape == (500, 3, 16, 16)
    assert images.dtype == torch.float32
    assert labels.unique().tolist() == list(range(10))
    assert torch.equal(images[:, 0], images[:, 2])
    whole, _ = digits(replace(SMALL, image_size=8, in_channels=1), 1797)
    assert float(whole.mean()) == pytest.approx(0, abs=1e-4)
    assert float(whole.std()) == pytest.approx(1, abs=1e-3)
    assert torch.equal(digits(SMALL, 500, seed=2)[0], images)
    assert not torch.equal(digits(SMALL, 500, seed=3)[0], images)
    assert digits(replace(SMALL, num_classes=4), 100)[1].max() == 3


def test_sources() -> None:
    noise = gradient_flow(SMALL, batch_size=4)
    from_digits = gradient_flow(SMALL, batch_size=4, source="digits")
    images, labels = digits(SMALL, 4)
    given = gradient_flow(SMALL, images=images, labels=labels)
    assert (noise.source, from_digits.source, given.source) == ("noise", "digits", "images")
    assert replace(given, source=from_digits.source) == from_digits
    assert noise.loss != from_digits.loss
    assert gradient_flow(SMALL, images=images.double()).batch_size == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batch_size": 10**6}, r"^batch_size is 1000000: it must be a whole number from 1 to 4,096\.$"),
        ({"batch_size": 0}, "^batch_size is 0"),
        ({"seed": -1}, r"^seed is -1: it must be a whole number from 0 to 4,294,967,295\.$"),
        ({"seed": 2**40}, "^seed is 1099511627776"),
        ({"seed": 1.5}, "^seed is 1.5"),
        ({"source": "cats"}, "^source is 'cats': it must be one of noise, digits, images"),
        ({"source": "images"}, "there are none: give images"),
        ({"source": "digits", "batch_size": 1798}, "^1,798 digits were asked for: scikit-learn has 1,797"),
        ({"images": torch.zeros(2, 1, 16, 16)}, r"^images have the shape \(2, 1, 16, 16\): .*\(3, 16, 16\)"),
        ({"images": torch.zeros(0, 3, 16, 16)}, r"^images have the shape \(0, 3, 16, 16\)"),
        ({"images": torch.zeros(3, 16, 16)}, r"^images have the shape \(3, 16, 16\)"),
        ({"images": torch.full((2, 3, 16, 16), math.nan)}, "^images hold torch.float32 values, not all of them finite"),
        ({"images": torch.zeros(2, 3, 16, 16, dtype=torch.uint8)}, "^images hold torch.uint8 values"),
        ({"batch_size": 2, "labels": torch.zeros(3, dtype=torch.long)}, r"^labels have the shape \(3,\)"),
        ({"batch_size": 2, "labels": torch.zeros(2)}, "^labels have the shape .* torch.float32"),
        ({"batch_size": 2, "labels": torch.tensor([0, 10])}, "^labels go from 0 to 10: this network has 10 classes"),
        ({"batch_size": 2, "labels": torch.tensor([-1, 1])}, "^labels go from -1 to 1"),
    ],
)
def test_bad_input_is_an_error(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gradient_flow(SMALL, **given)  # type: ignore[arg-type]


def test_bad_seeds_are_an_error() -> None:
    for seeds, message in (([], "There are 0 seeds: give 1 to 32"), ([1, 1], "hold one twice"), ([-1], "seed is -1")):
        with pytest.raises(ValueError, match=message):
            over_seeds(SMALL, seeds)
    with pytest.raises(ValueError, match="There are 33 seeds"):
        over_seeds(SMALL, range(33))


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(DeviceError, match="no device 'tpu'"):
        gradient_flow(SMALL, device="tpu")
    with pytest.raises(DeviceError, match=r"(would need about|multiply-adds)"):
        gradient_flow(replace(preset("resnet152"), image_size=2048), batch_size=64)
    with pytest.raises(DeviceError, match="a batch of at least 2 images"):
        gradient_flow(replace(SMALL, image_size=4), batch_size=1)
