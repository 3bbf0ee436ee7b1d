"""Whether a picture is unlike those that a network learned from, by its last layer's input and output.

Two signs, each in standard deviations above its mean over test pictures; the larger of them is the strangeness. The
distance is the logarithm of Mahalanobis' distance from the last layer's input (the features) to the mean of the nearest
class (Lee et al. 2018, arXiv:1807.03888): large where no training picture was like it. The energy is −log Σ exp(logits)
(Liu et al. 2020, arXiv:2010.03759): large where no class has a large logit. Without torch.
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
    """How unlike a network's training pictures one picture is; above the ``threshold`` it counts as strange."""

    value: float
    threshold: float

    @property
    def is_strange(self) -> bool:
        """Whether the picture is unlike the training pictures."""
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
        """Fits it to ``learned`` (N, D) and ``labels`` (N,), the features and classes of training pictures.

        ``features`` and ``logits`` of test pictures decide on the threshold: ``BELOW_THRESHOLD`` of them lie below it.
        All classes share one covariance.
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
        """Writes it as a safetensors file."""
        values = {"means": self.means, "precision": self.precision, "signs": self.signs}
        path.write_bytes(save({**values, "threshold": np.array([self.threshold])}))

    def strangeness(self, features: Array, logits: Array) -> Array:
        """The strangeness (N,) of pictures, from features (N, D) and logits (N, K)."""
        two = np.stack([distances(features, self.means, self.precision), energies(logits)], 1)
        return np.asarray(((two - self.signs[:, 0]) / self.signs[:, 1]).max(1))

    def of(self, features: Array, logits: Array) -> Strangeness:
        """The strangeness of one picture, from features (D,) and logits (K,)."""
        return Strangeness(float(self.strangeness(features[None], logits[None])[0]), self.threshold)


def distances(features: Array, means: Array, precision: Array) -> Array:
    """The logarithm of Mahalanobis' distance squared of each of N features to the nearest of the means."""
    apart = features[:, None] - means
    return np.asarray(np.log(np.einsum("nkd,de,nke->nk", apart, precision, apart, optimize=True).min(1)))


def energies(logits: Array) -> Array:
    """−log Σ exp(logits) of each row (N, K)."""
    return np.asarray(-np.logaddexp.reduce(logits, axis=1))
