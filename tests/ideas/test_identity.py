"""Why x + F(x) is easier: the training against gradient descent in closed form, and the sentence against the losses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.charts.ideas.identity import (
    identity_losses_alt_text,
    identity_losses_chart,
    identity_losses_rows,
    weights_alt_text,
    weights_chart,
    weights_rows,
)
from explorer.ideas.identity import ALIKE, LEARNED, SIDE, Form, IdentityRun, IdentitySetting, Learner, Target, winner
from explorer.ideas.identity_words import sentence
from explorer.ideas.limits import Matrix, two_digits
from explorer.ideas.measure.identity import identity_run
from explorer.text.errors import Refusal

SETTINGS = st.builds(
    IdentitySetting,
    st.sampled_from(list(Target)),
    st.sampled_from(list(Form)),
    st.sampled_from([0.0, 0.3, 1.0, 3.0]),
    st.sampled_from([0.0, 0.01, 0.1, 0.5, 2.0]),
    st.sampled_from([0.001, 0.03, 0.1, 0.5, 3.0]),
    st.sampled_from([1, 10, 50]),
    st.integers(0, 5),
)


def rows(matrix: tuple[tuple[float, ...], ...]) -> np.ndarray:
    return np.array(matrix)


@pytest.mark.parametrize("target", list(Target))
@pytest.mark.parametrize("distance", [0.0, 0.5, 2.0])
def test_what_has_to_be_learned(target: Target, distance: float) -> None:
    run = identity_run(IdentitySetting(target, distance=distance))
    wanted, residual = rows(run.plain.wanted), rows(run.residual.wanted)
    sign = 1 if target is Target.IDENTITY else -1
    np.testing.assert_allclose(wanted - residual, np.eye(SIDE), atol=1e-12)
    assert np.linalg.norm(wanted - sign * np.eye(SIDE), 2) == pytest.approx(distance, abs=1e-9)
    assert run.plain.start == run.residual.start
    assert run.plain.to_learn == pytest.approx(np.linalg.norm(wanted))


@settings(max_examples=25)
@given(
    st.sampled_from([0.0, 0.4, 2.0]), st.sampled_from([0.0, 0.1, 1.0]), st.sampled_from([0.01, 0.2]), st.integers(1, 60)
)
def test_one_layer_is_gradient_descent_in_closed_form(distance: float, scale: float, rate: float, steps: int) -> None:
    """W(t) - W* = (W(0) - W*)(I - rate C)^t: C follows from the limit only up to its eigenvectors, so both forms are
    held against each other. The error of each contracts by the same matrix."""
    setting = IdentitySetting(distance=distance, scale=scale, learning_rate=rate, steps=steps)
    run = identity_run(setting)
    errors = [rows(one.learned) - rows(one.wanted) for one in (run.plain, run.residual)]
    starts = [rows(one.start) - rows(one.wanted) for one in (run.plain, run.residual)]
    # The difference of the starts is I: that of the errors is the contraction itself.
    contraction = errors[1] - errors[0]
    np.testing.assert_allclose(starts[1] - starts[0], np.eye(SIDE), atol=1e-12)
    for start, error in zip(starts, errors, strict=True):
        np.testing.assert_allclose(start @ contraction, error, atol=1e-9)
    eigenvalues = np.linalg.eigvalsh((contraction + contraction.T) / 2)
    assert eigenvalues.min() == pytest.approx((1 - rate * 2 / run.limit) ** steps, abs=1e-9) or steps % 2 == 0


@pytest.mark.slow
@settings(max_examples=60)
@given(SETTINGS)
def test_the_sentence_follows_the_losses(setting: IdentitySetting) -> None:
    run = identity_run(setting)
    words = sentence(run)
    plain, residual = run.plain, run.residual
    rising = [one.losses[-1] > max(one.losses[0], LEARNED) for one in (plain, residual)]
    assert ("too large" in words) is any(rising)
    if any(rising):
        for one, name, rises in ((plain, "plain", rising[0]), (residual, "residual", rising[1])):
            assert two_digits(one.final) in words and (not one.diverged or rises)
            assert all(rising) or (f"too large for the {name} form" in words) is rises
        return
    won = residual.final * ALIKE < plain.final and max(plain.final, residual.final) >= LEARNED
    lost = plain.final * ALIKE < residual.final and max(plain.final, residual.final) >= LEARNED
    assert ("The residual form wins" in words) is won
    assert ("does not win here" in words) is lost
    assert all(two_digits(value) in words for value in (residual.final, plain.to_learn, residual.to_learn))
    assert words in identity_losses_alt_text(run) or words in weights_alt_text(run)


def by_direction(run: IdentityRun, one: Learner, weights: Matrix) -> tuple[np.ndarray, np.ndarray]:
    """|error| along each principal direction of the data, and what it makes of the loss."""
    errors = np.linalg.norm((rows(weights) - rows(one.wanted)) @ rows(run.directions).T, axis=0)
    return errors, errors**2 * np.array(run.variances) / 2


def check_what_decided(setting: IdentitySetting) -> bool:
    """Whether the form that had to come nearer to zero lost; then the sentence names the direction that decided."""
    run = identity_run(setting)
    words, won = sentence(run), winner(run)
    nearer = "residual" if run.residual.to_learn < run.plain.to_learn else "plain"
    if not won or won == nearer or math.isclose(run.plain.to_learn, run.residual.to_learn, rel_tol=1e-9):
        assert "did not decide" not in words
        return False
    leads = []
    for one, sign in ((run.plain, 1), (run.residual, -1)):
        parts = by_direction(run, one, one.learned)[1]
        assert parts.sum() == pytest.approx(one.final, rel=1e-6)
        leads.append(sign * parts if won == "residual" else -sign * parts)
    lead = leads[0] + leads[1]
    best = int(lead.argmax())
    assert ("the error along one direction:" in words) is bool(lead[best] > lead.sum() / 2)
    assert f"variance {two_digits(run.variances[best])}" in words and ("vary least" in words) is (best == 0)
    kept = np.abs(1 - setting.learning_rate * np.array(run.variances))
    assert ("slowest" in words) is bool(kept[best] == kept.max())
    for one in (run.plain, run.residual):
        start, part = by_direction(run, one, one.start)[0], by_direction(run, one, one.learned)[1]
        assert f"began at {two_digits(start[best])} and makes {two_digits(part[best])}" in words
    return True


def test_the_smallest_variance_decides_and_not_the_distance_of_the_weights() -> None:
    """The plain form wins though it starts farther from what it wants than the residual form."""
    setting = IdentitySetting(Target.IDENTITY, Form.LINEAR, 0.3, 1.0, 0.3, 30, 1)
    run = identity_run(setting)
    away = [np.linalg.norm(rows(one.start) - rows(one.wanted)) for one in (run.plain, run.residual)]
    assert winner(run) == "plain" and away[0] > away[1]
    assert check_what_decided(setting)
    assert "the error along one direction: that in which the data vary least" in sentence(run)
    assert "initial weights did" not in sentence(run)


def test_the_sentence_says_what_decided() -> None:
    """Over settings of one layer, in which the form with less to learn loses in at least a dozen."""
    swept = [
        IdentitySetting(target, Form.LINEAR, distance, scale, rate, steps, seed)
        for target, distances in ((Target.IDENTITY, (0.3, 1.0, 3.0)), (Target.NEGATION, (1.0,)))
        for distance in distances
        for scale, rate, steps in ((2.0, 0.3, 10), (2.0, 0.5, 10), (2.0, 0.1, 30), (0.5, 0.5, 1))
        for seed in range(6)
    ]
    assert sum(map(check_what_decided, swept)) >= 12


def test_near_the_identity_the_residual_form_wins_and_far_from_it_not() -> None:
    assert "The residual form wins" in sentence(identity_run(IdentitySetting(distance=0.1)))
    assert "does not win" in sentence(identity_run(IdentitySetting(Target.NEGATION)))


def test_a_learning_rate_above_the_limit_diverges_and_below_it_does_not() -> None:
    run = identity_run(IdentitySetting(steps=400))
    for factor, diverges in ((1.2, True), (0.9, False)):
        again: IdentityRun = identity_run(IdentitySetting(learning_rate=min(factor * run.limit, 3.0), steps=400))
        assert again.plain.diverged is diverges


@pytest.mark.slow
@settings(max_examples=20)
@given(SETTINGS)
def test_the_charts_hold_every_number(setting: IdentitySetting) -> None:
    run = identity_run(setting)
    assert len(identity_losses_rows(run)) == max(len(run.plain.losses), len(run.residual.losses))
    assert len(weights_rows(run)) == 2 * SIDE * SIDE or len(weights_rows(run)) == SIDE * SIDE
    maps = [trace for trace in weights_chart(run).data if trace.type == "heatmap"]
    assert len(maps) == 6 and identity_losses_chart(run).data


@pytest.mark.parametrize(
    "bad",
    [{"distance": 4}, {"distance": math.nan}, {"scale": -1}, {"steps": 0}, {"learning_rate": 0}, {"form": "deep"}],
)
def test_what_is_outside_is_said(bad: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        IdentitySetting(**bad)  # type: ignore[arg-type]


def test_weights_that_diverged_do_not_blank_the_other_maps() -> None:
    run = identity_run(IdentitySetting(Target.IDENTITY, Form.TWO_LINEAR, 3.0, 2.0, 3.0, 400, 1))
    wanted = max(abs(weight) for one in (run.plain, run.residual) for row in one.wanted for weight in row)
    learned = max(abs(weight) for one in (run.plain, run.residual) for row in one.learned for weight in row)
    colours = weights_chart(run).layout.coloraxis
    assert learned > 1e6 * wanted and wanted < colours.cmax <= 3 * wanted
    assert "the largest is" in colours.colorbar.title.text


@pytest.mark.parametrize("distance", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("steps", [3, 200])
def test_the_speed_in_the_sentence_is_that_of_the_losses(distance: float, steps: int) -> None:
    run = identity_run(IdentitySetting(Target.IDENTITY, Form.LINEAR, distance, 0.1, 0.3, steps, 1))
    aim = run.zero_loss / 100
    needed = [
        next((at for at, loss in enumerate(one.losses) if loss <= aim), None) for one in (run.residual, run.plain)
    ]
    if needed == [None, None]:
        said = "Neither made the loss a hundred times smaller than that of a map that is always zero."
    else:
        words = [f"more than {steps} steps" if at is None else f"{at or 'no'} step{'s' * (at > 1)}" for at in needed]
        said = (
            "To make the loss a hundred times smaller than that of a map that is always zero, the residual form took "
            f"{words[0]}, the plain form {words[1]}."
        )
    assert sentence(run).endswith(said)
