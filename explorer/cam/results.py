"""What a network makes of a picture: plain values, without torch, and none of them a pixel of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.cam.check_values import BeliefCurve, Randomisation
from explorer.cam.saliency_map import Prediction, SaliencyMap, predictions
from explorer.weights.familiarity import Strangeness


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture through one network: ``logits`` (K,), and Grad-CAM of ``target`` at the stem and all blocks.

    With ``against`` the maps are those of the difference of the two classes' logits. ``strangeness`` tells whether the
    picture is unlike those that the network learned from; None where that cannot be told.
    """

    logits: NDArray[np.float32]
    target: int
    maps: tuple[SaliencyMap, ...]
    against: int | None = None
    strangeness: Strangeness | None = None

    @property
    def is_strange(self) -> bool:
        """Whether the picture is unlike those that the network learned from; False where that cannot be told."""
        return self.strangeness is not None and self.strangeness.is_strange

    @property
    def layers(self) -> tuple[str, ...]:
        """Where maps were read, in forward order."""
        return tuple(each.layer for each in self.maps)

    def at(self, layer: str) -> SaliencyMap:
        """The map at one layer.

        Raises:
            ValueError: there is none.
        """
        return self.maps[self.layers.index(layer)]

    def likeliest(self, names: Sequence[str], count: int = 5) -> tuple[Prediction, ...]:
        """The likeliest classes, likeliest first."""
        return tuple(predictions(self.logits, names, count))

    def prediction(self, index: int, names: Sequence[str]) -> Prediction:
        """What the network thinks of one class."""
        everything = predictions(self.logits, names, len(self.logits))
        return next(each for each in everything if each.index == index)


@dataclass(frozen=True, slots=True, eq=False)
class Attributed:
    """A map that another method made; of Integrated Gradients also what its values should sum to (``rise``), and by how
    much they miss it (``delta``), both in logits."""

    saliency: SaliencyMap
    rise: float | None = None
    delta: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """The three tests of a map: the probability of the class while pixels are deleted, and while they are inserted, and
    what stays of the map when the weights are made random."""

    deletion: BeliefCurve
    insertion: BeliefCurve
    randomisation: Randomisation
