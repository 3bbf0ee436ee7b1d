"""A linear probe: ridge regression onto the classes, in closed form."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ALPHA = 1.0  # the penalty on the weights, of features that are standardised


def ridge_probe(features: Floats, labels: NDArray[np.int64], tested: Floats, alpha: float = ALPHA) -> NDArray[np.int64]:
    """The classes that a probe fitted on ``features`` (N, D) and ``labels`` (N,) gives ``tested`` (M, D); (M,).

    Features are standardised as the N are. A target is 1 for a picture's class and -1 for the others, and the class of
    the largest prediction is the answer: scikit-learn's ``RidgeClassifier``. Weights are (XᵀX + αI)⁻¹ Xᵀ Y.
    """
    mean, spread = features.mean(0), features.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    x, classes = (features - mean) / spread, np.unique(labels)
    targets = np.where(labels[:, None] == classes, 1.0, -1.0)
    intercept = targets.mean(0)
    weights = np.linalg.solve(x.T @ x + alpha * np.eye(x.shape[1]), x.T @ (targets - intercept))
    found: NDArray[np.int64] = classes[((tested - mean) / spread @ weights + intercept).argmax(1)]
    return found
