"""The verdict on constructed maps, of a network that is known to look at the object and at nothing else."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.cam.check_values import BeliefCurve, Randomisation, Trial
from explorer.cam.check_verdicts import Belief
from explorer.cam.deletion_check import belief_curve
from explorer.cam.verdict import curve_check, verdict, weights_check

SIDE = 28


class LooksAtTheObject(nn.Module):
    """Its first logit is the mean brightness of the object, its second is zero."""

    def __init__(self, mask: np.ndarray) -> None:
        super().__init__()
        self.mask = torch.from_numpy(mask)

    def forward(self, images: Tensor) -> Tensor:
        logit = 8 * images[:, 0, self.mask].mean(1) - 4
        return torch.stack([logit, torch.zeros_like(logit)], 1)


@st.composite
def objects(draw: st.DrawFn) -> np.ndarray:
    """A box that covers 6 to 50 % of the picture."""
    high, wide = draw(st.integers(7, 20)), draw(st.integers(7, 20))
    top, left = draw(st.integers(0, SIDE - high)), draw(st.integers(0, SIDE - wide))
    mask = np.zeros((SIDE, SIDE), bool)
    mask[top : top + high, left : left + wide] = True
    return mask


def curves(mask: np.ndarray, values: np.ndarray) -> tuple[BeliefCurve, BeliefCurve]:
    """Deletion and insertion of a bright object on a black ground, in the order of a map."""
    image = torch.from_numpy(mask.astype(np.float32))[None, None]
    net = LooksAtTheObject(mask)
    deletion, insertion = (
        belief_curve(net, image, values.astype(np.float32), 0, trial, steps=20, random=3) for trial in Trial
    )
    return deletion, insertion


def weights(similar: float) -> Randomisation:
    return Randomisation("layer3", 0, ("stem",), (), (), ((similar,),), ((similar,),))


@settings(max_examples=40)
@given(objects(), st.booleans())
def test_of_maps_on_the_object_off_it_and_split(mask: np.ndarray, depends: bool) -> None:
    half = mask & (np.cumsum(mask).reshape(mask.shape) <= mask.sum() // 2)
    off = ~mask & (np.cumsum(~mask).reshape(mask.shape) <= mask.sum() // 2)
    on_it, split, off_it = (curves(mask, values) for values in (mask, half | off, ~mask))
    random = weights_check(weights(0.1 if depends else 0.9))

    def said(found: tuple[BeliefCurve, BeliefCurve]) -> str:
        return verdict(*map(curve_check, found), random, (SIDE, SIDE)).sentence

    assert said(on_it).startswith("Trust the region" if depends else "Do not trust this map")
    assert said(off_it).startswith("Do not trust this map: its hottest pixels matter no more")
    assert on_it[0].area < split[0].area < off_it[0].area and on_it[1].area > split[1].area > off_it[1].area
    passed = [curve_check(each).belief is Belief.PASSED for each in split]
    expected = "Trust the region" if all(passed) else "The tests disagree" if any(passed) else "Do not trust this map"
    assert said(split).startswith(expected if depends else "Do not trust this map")
