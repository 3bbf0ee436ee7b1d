"""The sentences of the little-by-little tab, against the numbers they are computed from."""

from explorer.training.refinement.sentences import (
    told_changes,
    told_cosine,
    told_expected,
    told_readings,
    told_steps,
)
from tests.training.refinement.made import made

TRAINED = made([1.74, 0.96, 0.65], [609, 681, 855, 908], cosines=[-0.004, 0.08, 0.13])


def test_what_blocks_add_is_told() -> None:
    assert told_changes(TRAINED, "residual-8") == (
        "Residual-8: 2 of 3 blocks add less than they get, |F(x)| < |x|. The least is 0.65 of |x| in layer1.2, the "
        "most 1.74 of |x| in layer1.0, and the median 0.96."
    )
    assert told_changes(made([], [1, 2]), "plain-8") == (
        "Plain-8 has no shortcuts: a block does not add to its input, it replaces it."
    )
    assert not told_cosine(made([], [1, 2]))


def test_the_cosine_is_told_with_what_a_relu_does_to_it() -> None:
    said = told_cosine(TRAINED)
    assert "is 0.00 to 0.13" in said and "Behind a ReLU" in said
    assert "Behind a ReLU" not in told_cosine(made([1.0], [1, 2], order="pre"))
    assert "Behind a ReLU" not in told_cosine(made([1.0], [1, 2], activation="tanh"))
    assert "−0.20 to 0.10" in told_cosine(made([1.0, 1.0], [1, 2, 3], cosines=[-0.2, 0.1]))


def test_batch_norms_expectation_is_told_where_it_applies() -> None:
    said = told_expected(made([1.5, 0.5 * 2**0.5], [1, 2, 3], initial=True))
    assert "1 to 1.5 times that" in said and "without an activation behind them" in said
    assert "without an activation" not in told_expected(made([1.0], [1, 2], initial=True, order="pre"))
    for other in (
        TRAINED,
        made([1.0], [1, 2], initial=True, norm="none"),
        made([0.0], [1, 2], initial=True, zero_init_residual=True),
    ):
        assert not told_expected(other)


def test_readings_are_told_no_better_than_they_are() -> None:
    assert told_readings(TRAINED, "residual-8") == (
        "A linear probe on the channels' means gets 60.9 % of 1,000 pictures right after the stem and 90.8 % after the "
        "last block: more can be read at the end. Residual-8 itself gets 93.0 % right, and guessing "
        "10.0 %."
    )
    assert "cannot tell from chance" in told_readings(made([1.0], [570, 560]), "it")
    assert "less can be read at the end" in told_readings(made([1.0], [570, 300]), "it")
    assert "It reads most after layer1.0, 80.0 %." in told_readings(made([1.0, 1.0], [500, 800, 700]), "it")


def test_the_steps_are_told_where_the_probe_gains() -> None:
    assert told_steps(TRAINED) == (
        "3 of 3 blocks raise what the probe reads; the largest single step is 17.4 points, at layer1.1."
    )
    assert not told_steps(made([1.0, 1.0], [500, 600, 400])) and not told_steps(made([1.0], [500, 600]))
