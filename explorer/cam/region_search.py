"""What a network cannot do without: a small region of a picture whose erasure changes the likeliest class.

Greedy search: the smallest region of all would take 2^cells passes. Cells are hidden one after another, each time the
one that costs the class most, until another class is likelier; then each that is not needed is given back.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.cam.erasure import HiddenRegion, Mask
from explorer.cam.input_checks import checked_images, checked_logits
from explorer.live.progress import Progress, no_progress
from explorer.live.shared_network import at_once, outputs
from explorer.text.errors import Refusal

_CLEARLY = 1e-4  # of the largest logit: another class must win by more, as batches of other sizes round differently

Logits = NDArray[np.float32]
Scores = Callable[[list[frozenset[int]], str, float], Logits]


def hidden_region(
    net: nn.Module, image: Tensor, hidden: Tensor, side: int, *, progress: Progress | None = None
) -> HiddenRegion:
    """The region, on a grid of ``side`` × ``side`` cells, that the search finds for ``image`` (1, C, H, W).

    Erased pixels are taken from ``hidden`` (1, C, H, W). No single cell of the region can be given back. Hiding takes
    at most side² (side² + 1) / 2 passes, giving back as many; ``progress`` is called before each batch and may raise
    to stop.

    Raises:
        Refusal: pictures that do not fit the network, or a network that gives no finite numbers.
    """
    image, hidden = checked_images(net, image), checked_images(net, hidden)
    if image.shape != hidden.shape or len(image) != 1 or side < 1:
        raise Refusal("Give one picture (1, C, H, W), what hides it in the same shape, and at least one cell a side.")
    scores = _scores_of(net, image, hidden, side, progress or no_progress)
    before = scores([frozenset()], "the whole picture", 0.0)
    if not np.isfinite(before).all():
        raise Refusal("The network gives no finite numbers for this picture, so there is no class to change.")
    target = int(before[0].argmax())
    cells = _hide(scores, target, side**2)
    if cells is None:
        nothing_left = scores([frozenset(range(side**2))], "all cells hidden", 1.0)
        return HiddenRegion(side, target, None, nothing_left[0])
    region = _give_back(scores, target, cells)
    return HiddenRegion(side, target, Mask(side, region), scores([region], "the region itself", 1.0)[0])


def _scores_of(net: nn.Module, image: Tensor, hidden: Tensor, side: int, tell: Progress) -> Scores:
    """Returns a function from N sets of cells to the logits (N, K) of the picture with each of them erased."""
    height, width = image.shape[2:]
    few = at_once(image)

    def scores(regions: list[frozenset[int]], message: str, done: float) -> Logits:
        found = []
        for start in range(0, len(regions), few):
            tell(done, message)
            masks = np.stack([Mask(side, each).pixels(height, width) for each in regions[start : start + few]])
            where = torch.from_numpy(masks).to(image.device)[:, None]
            logits = checked_logits(net, outputs(net, torch.where(where, hidden, image)), len(where))
            found.append(logits.float().cpu().numpy())
        return np.concatenate(found)

    return scores


def _hide(scores: Scores, target: int, cells: int) -> frozenset[int] | None:
    """Returns the cells that were hidden when another class won; None where none ever did."""
    gone: frozenset[int] = frozenset()
    while len(gone) < cells:
        tried = [gone | {cell} for cell in range(cells) if cell not in gone]
        logits = scores(tried, f"hiding cell {len(gone) + 1} of at most {cells}", 0.9 * len(gone) / cells)
        won = _changed(logits, target)
        chances = np.where(won.any() & ~won, np.inf, _chances(logits, target))
        gone = tried[int(chances.argmin())]
        if won.any():
            return gone
    return None


def _give_back(scores: Scores, target: int, gone: frozenset[int]) -> frozenset[int]:
    """Returns the cells that must stay hidden. The one whose return helps the class least is given back first."""
    while len(gone) > 1:
        tried = [gone - {cell} for cell in sorted(gone)]
        logits = scores(tried, "giving back what is not needed", 0.95)
        won = _changed(logits, target)
        if not won.any():
            return gone
        gone = tried[int(np.where(won, _chances(logits, target), np.inf).argmin())]
    return gone


def _changed(logits: Logits, target: int) -> NDArray[np.bool_]:
    """For each row (N, K) whether another class than ``target`` is clearly the likeliest."""
    others = np.delete(logits, target, axis=1)
    finite = np.isfinite(logits).all(1)
    margin = _CLEARLY * np.abs(np.where(np.isfinite(logits), logits, 0)).max(1)
    with np.errstate(invalid="ignore"):
        return np.asarray(finite & (others.max(1, initial=-np.inf) > logits[:, target] + margin))


def _chances(logits: Logits, target: int) -> NDArray[np.float64]:
    """The logarithm of the probability of ``target`` in each row (N, K); infinite where that is not a number."""
    given = logits.astype(np.float64)
    with np.errstate(invalid="ignore"):
        found = given[:, target] - np.logaddexp.reduce(given, axis=1)
    return np.where(np.isfinite(found), found, np.inf)
