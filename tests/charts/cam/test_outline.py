"""The outline: along the edge of the object, and nowhere else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import binary_dilation, binary_erosion

from explorer.charts.cam.outline import outlined
from tests.cam.maps import photo


@given(st.integers(1, 8), st.integers(1, 8), st.integers(9, 15), st.integers(9, 15), st.sampled_from([16, 48]))
def test_the_line_is_the_edge(top: int, left: int, bottom: int, right: int, side: int) -> None:
    mask = np.zeros((16, 16), bool)
    mask[top:bottom, left:right] = True
    before = photo(side, side)
    after = np.asarray(outlined(before, mask))
    large = mask.repeat(side // 16, 0).repeat(side // 16, 1)
    square = np.ones((3, 3), bool)
    white = large & ~binary_erosion(large, square, border_value=1)
    black = binary_dilation(large, square) & ~large
    assert (after[white] == 255).all() and (after[black] == 0).all()
    assert np.array_equal(after[~(white | black)], np.asarray(before)[~(white | black)])


def test_the_picture_itself_is_not_changed() -> None:
    before = photo(32, 32)
    copy = before.copy()
    outlined(before, np.eye(8, dtype=bool))
    assert before.tobytes() == copy.tobytes()
    blank = Image.new("RGB", (8, 8), "red")
    assert outlined(blank, np.zeros((4, 4), bool)).tobytes() == blank.tobytes()
