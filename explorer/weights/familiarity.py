"""Whether a picture is unlike those that a network learned from, read off what its last layer reads and says.

Two signs, each in standard deviations above its mean over test pictures; the larger of them is the strangeness. The
distance is Mahalanobis' from what the last layer reads (the features) to the mean of the nearest class (Lee et al.
2018, arXiv:1807.03888), as its logarithm: large where nothing like it was ever there. The energy is −log Σ exp(logits)
(Liu et al. 2020, arXiv:2010.03759): large where no class is at home. Without torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save

Array = NDArray[np.float64]

BELOW_THRESHOLD = 0.97  # share of the test pictures that decide on the threshold: they count as familiar


@dataclass(frozen=True, slots=True)
class Strangeness:
    """How unlike those that a network learned from one picture is, and the ``threshold`` above which that is said."""

    value: float
    threshold: float

    @property
    def is_strange(self) -> bool:
        """Whether the picture is unlike them."""
        return self.value > self.threshold


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """What is known of the pictures that a network learned from.

    ``means`` (K, D) are the classes' mean features, ``precision`` (D, D) the inverse of the covariance around them.
    ``signs`` (2, 2) has mean and standard deviation of the distance and of the energy over test pictures.
    """

    means: Array
    precision: Array
    signs: Array
    threshold: float

    @classmethod
    def fitted(cls, learned: Array, labels: NDArray[np.int64], features: Array, logits: Array) -> Self:
        """From the features (N, D) and ``labels`` (N,) of training pictures, and features and logits of test pictures.

        The covariance is one for all classes. ``BELOW_THRESHOLD`` is the share of the test pictures below it.
        """
        means = np.stack([learned[labels == label].mean(0) for label in range(logits.shape[1])])
        apart = learned - means[labels]
        covariance = apart.T @ apart / len(apart)
        ridge = 1e-6 * covariance.trace() / len(covariance) * np.eye(len(covariance))
        precision = np.linalg.inv(covariance + ridge)
        two = np.stack([distances(features, means, precision), energies(logits)])
        found = cls(means, precision, np.stack([two.mean(1), two.std(1)], 1), 0.0)
        threshold = float(np.quantile(found.strangeness(features, logits), BELOW_THRESHOLD))
        return cls(means, precision, found.signs, threshold)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What ``write`` wrote."""
        values: Mapping[str, Array] = load_file(path)
        return cls(values["means"], values["precision"], values["signs"], float(values["threshold"][0]))

    def write(self, path: Path) -> None:
        """As a safetensors file."""
        values = {"means": self.means, "precision": self.precision, "signs": self.signs}
        path.write_bytes(save({**values, "threshold": np.array([self.threshold])}))

    def strangeness(self, features: Array, logits: Array) -> Array:
        """The strangeness (N,) of pictures, from features (N, D) and logits (N, K)."""
        two = np.stack([distances(features, self.means, self.precision), energies(logits)], 1)
        return np.asarray(((two - self.signs[:, 0]) / self.signs[:, 1]).max(1))

    def of(self, features: Array, logits: Array) -> Strangeness:
        """That of one picture, from features (D,) and logits (K,)."""
        return Strangeness(float(self.strangeness(features[None], logits[None])[0]), self.threshold)


def distances(features: Array, means: Array, precision: Array) -> Array:
    """The logarithm of Mahalanobis' distance squared of each of N features to the nearest of the means."""
    apart = features[:, None] - means
    return np.asarray(np.log(np.einsum("nkd,de,nke->nk", apart, precision, apart, optimize=True).min(1)))


def energies(logits: Array) -> Array:
    """−log Σ exp(logits) of each row (N, K)."""
    return np.asarray(-np.logaddexp.reduce(logits, axis=1))
