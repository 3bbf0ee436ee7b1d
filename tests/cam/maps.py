"""Maps and predictions that tests of the Grad-CAM page's words and charts share."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from explorer.cam.saliency_map import Method, Prediction, SaliencyMap, predictions

NAMES = (
    "T-shirt/top",
    "tench, Tinca tinca",
    "crane",
    "crane",
    "<b>sneaker</b>",
    "고양이",
    "soft-coated wheaten terrier",
)


def of(values: object, *, layer: str = "layer3.1", method: Method = Method.GRAD_CAM) -> SaliencyMap:
    """A map for class 3 with these values."""
    return SaliencyMap(method, layer, 3, np.asarray(values, dtype=np.float32))


def blob(x: float, y: float, *, side: int = 7, width: float = 0.12, below: float = 0.0) -> SaliencyMap:
    """One round spot of evidence, its middle at parts ``x`` and ``y`` of the picture."""
    places = (np.arange(side) + 0.5) / side
    squares = (places[None, :] - x) ** 2 + (places[:, None] - y) ** 2
    return of(np.exp(-squares / (2 * width**2)) - below)


def photo(width: int = 224, height: int = 224, seed: int = 0) -> Image.Image:
    """A picture with something everywhere."""
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


def maps(*, finite: bool = True) -> st.SearchStrategy[SaliencyMap]:
    """Maps of any shape; unless ``finite``, of anything that float32 holds."""
    elements = st.floats(-1000, 1000, width=32)
    if not finite:
        elements |= st.sampled_from([np.nan, np.inf, -np.inf, np.finfo(np.float32).max, np.float32(1e-45)])
    sides = arrays.array_shapes(min_dims=2, max_dims=2, max_side=9)
    return arrays.arrays(np.float32, sides, elements=elements | st.just(0.0)).map(of)


def outputs(*, least: int = 1) -> st.SearchStrategy[tuple[Prediction, ...]]:
    """What a network of up to seven classes thinks, likeliest first."""
    logits = st.lists(st.floats(-40, 40, width=32), min_size=least, max_size=len(NAMES))
    return logits.map(lambda values: tuple(predictions(values, NAMES)))
