"""Landscapes of known functions, some by hypothesis, and single points of one, measured by hand."""

import copy
from collections.abc import Callable

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from explorer.network.model import ResNet
from explorer.training.landscape.measure import directions
from explorer.training.landscape.values import Landscape, Landscapes
from tests.training.damage.patients import SMALL

PICTURES = 100


def landscape(losses: np.ndarray, right: np.ndarray | None = None, kind: str = "residual") -> Landscape:
    counts = np.zeros(losses.shape, int) if right is None else right
    return Landscape(
        SMALL[kind],
        0,
        PICTURES,
        False,
        tuple(map(tuple, losses.tolist())),
        tuple(map(tuple, counts.tolist())),
    )


def surface(function: Callable[[np.ndarray, np.ndarray], np.ndarray], side: int = 21) -> Landscape:
    """``function(x, y)`` at every point; x grows along a row."""
    places = np.linspace(-1, 1, side)
    return landscape(function(*np.meshgrid(places, places)))


@st.composite
def landscapes(draw: st.DrawFn, kind: str) -> Landscapes:
    """One to three planes of 5 x 5 losses, some of them infinite."""
    losses = st.one_of(st.floats(1e-3, 1e4), st.just(float("inf")), st.floats(2.2, 2.4))
    row = st.lists(losses, min_size=5, max_size=5)
    found = [np.array(draw(st.lists(row, min_size=5, max_size=5))) for _ in range(draw(st.integers(1, 3)))]
    names = tuple(f"seed 0, plane {number + 1}" for number in range(len(found)))
    return Landscapes(f"{kind}-8", tuple(landscape(each, kind=kind) for each in found), names)


def moved(net: ResNet, plane: int, x: float, y: float) -> ResNet:
    """A copy whose weights are w + x d₁ + y d₂."""
    twin, (across, up) = copy.deepcopy(net), directions(net, plane)
    twin.load_state_dict({name: w + x * across[name] + y * up[name] for name, w in net.state_dict().items()
                          if name in across}, strict=False)  # fmt: skip
    return twin


def evaluated(net: ResNet, images: Tensor, labels: Tensor) -> tuple[float, int]:
    """Mean loss in evaluation mode, and how many pictures are right."""
    with torch.no_grad():  # in parts, which stay in a core's cache
        logits = torch.cat([net.eval()(part) for part in images.split(25)])
    return functional.cross_entropy(logits, labels).item(), int((logits.argmax(1) == labels).sum())
