"""The ridge probe against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

from explorer.training.refinement.probe import ridge_probe


@settings(max_examples=30)
@given(
    st.integers(3, 6), st.integers(1, 40), st.integers(10, 60), st.sampled_from([0.01, 1.0, 50.0]), st.integers(0, 9)
)
def test_it_is_scikit_learns_ridge_classifier(classes: int, size: int, count: int, alpha: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(classes, size)) * 10 ** random.uniform(-3, 3, size)
    labels = np.concatenate([np.arange(classes), random.integers(classes, size=count)])
    features, tested = (centres[each] + random.normal(size=(len(each), size)) for each in (labels, labels[::-1]))
    scaler = StandardScaler().fit(features)
    oracle = RidgeClassifier(alpha=alpha).fit(scaler.transform(features), labels)
    assert (ridge_probe(features, labels, tested, alpha) == oracle.predict(scaler.transform(tested))).all()


def test_channels_that_never_change_and_classes_that_are_missing() -> None:
    features, labels = np.array([[0.0, 7.0], [1.0, 7.0], [5.0, 7.0], [6.0, 7.0]]), np.array([3, 3, 8, 8])
    assert list(ridge_probe(features, labels, np.array([[0.5, 7.0], [5.5, 9.0]]))) == [3, 8]
    assert list(ridge_probe(features[:, 1:], labels, features[:1, 1:])) == [pytest.approx(3)]
