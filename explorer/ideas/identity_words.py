"""What the training of the plain and the residual form shows, in words computed from it."""

import math

from explorer.ideas.identity import LEARNED, NEAR, Form, IdentityRun, Learner, winner
from explorer.ideas.identity_directions import largest_gap
from explorer.ideas.limits import two_digits
from explorer.text.quantities import counted, percent


def sentence(run: IdentityRun) -> str:
    """Says which form won, by the losses, and what each had to learn."""
    if run.plain.rises or run.residual.rises:
        return _divergence_words(run)
    return f"{_winner_words(run)} {_task_words(run)}{_speed_words(run)}"


def _divergence_words(run: IdentityRun) -> str:
    rate = f"A learning rate of {run.setting.learning_rate:g} is too large"
    if run.setting.form is Form.LINEAR:
        why = f"With one layer every rate above {run.limit:.3g}, 2 / the data's largest variance, makes any error grow."
    else:
        why = "Lower the rate, or the scale of the weights."
    if run.plain.rises and run.residual.rises:
        both = f"the plain form's loss {_rise_words(run.plain)}, the residual form's {_rise_words(run.residual)}"
        return f"{rate}: {both}. {why}"
    gone, stays = ("plain", "residual") if run.plain.rises else ("residual", "plain")
    bad, good = (run.plain, run.residual) if run.plain.rises else (run.residual, run.plain)
    rest = f"The {stays} form's is {two_digits(good.final)}."
    return f"{rate} for the {gone} form: its loss {_rise_words(bad)}. {rest} {why}"


def _rise_words(one: Learner) -> str:
    how = "exploded" if one.diverged else "rose"
    return (
        f"{how} from {two_digits(one.losses[0])} to {two_digits(one.final)} in {counted(len(one.losses) - 1, 'step')}"
    )


def _winner_words(run: IdentityRun) -> str:
    after = f"After {counted(run.setting.steps, 'step')}"
    plain, residual = run.plain.final, run.residual.final
    both = f"the residual form's loss is {two_digits(residual)}, the plain form's {two_digits(plain)}."
    match winner(run):
        case "residual":
            less = f", {two_digits(plain / residual)} times less than the plain" if residual else " and the plain"
            return (
                f"The residual form wins. {after} its loss is {two_digits(residual)}{less} form's {two_digits(plain)}."
            )
        case "plain":
            more = f"{two_digits(residual / plain)} times the" if plain else "and the"
            loss = f"{after} its loss is {two_digits(residual)}, {more} plain form's {two_digits(plain)}."
            return f"The residual form does not win here. {loss}"
        case _ if max(plain, residual) < LEARNED:
            return f"{after} both forms have learned the map: {both}"
    return f"Neither form wins. {after} {both}"


def _task_words(run: IdentityRun) -> str:
    """Says what each F had to become, and whether that explains who won."""
    plain, residual = run.plain.to_learn, run.residual.to_learn
    nearer = "nearer to zero than" if residual < plain else "farther from zero than"
    how = "as far from zero as" if math.isclose(plain, residual, rel_tol=1e-9) else nearer
    norms = f"of norm {two_digits(residual)}: {how} H itself, of norm {two_digits(plain)}"
    task = f"The residual form's F had to become H − I, {norms}."
    ahead = winner(run)
    if how == "as far from zero as" or not ahead or (ahead == "residual") == (residual < plain):
        return task
    if run.setting.form is Form.LINEAR:
        return f"{task} Being nearer to zero did not decide here, but {_direction_words(run)}"
    return (
        f"{task} Being nearer did not decide here: a layer's gradient is the error times the other layer, so the pace "
        "changes on the way."
    )


def _direction_words(run: IdentityRun) -> str:
    """Says along which direction of the data the winner is ahead, of one layer."""
    along = largest_gap(run)
    which = "vary least" if along.number == 0 else "vary"
    where = f"that in which the data {which} (variance {two_digits(along.variance)})"
    slowest = ", the slowest to learn" if along.slowest else ""
    what = "the error along one direction" if along.decides else "errors along several directions, most of all one"
    return (
        f"{what}: {where}{slowest}. A step leaves {percent(along.kept, 1, digits=0)} of an error there. The residual "
        f"form's error began at {two_digits(along.residual_start)} and makes {two_digits(along.residual_loss)} of its "
        f"loss, the plain form's began at {two_digits(along.plain_start)} and makes {two_digits(along.plain_loss)}."
    )


def _speed_words(run: IdentityRun) -> str:
    """Says how soon each form was nearly there, or why nothing moved."""
    if run.setting.scale == 0 and run.setting.form is not Form.LINEAR:
        return " All weights began at zero, where two layers in a row have no gradient: neither form learned anything."
    level = NEAR * run.zero_loss
    plain, residual = run.plain.steps_to(level), run.residual.steps_to(level)
    if plain is None and residual is None:
        return " Neither made the loss a hundred times smaller than that of a map that is always zero."
    most = run.setting.steps
    return (
        " To make the loss a hundred times smaller than that of a map that is always zero, the residual form took "
        f"{_step_words(residual, most)}, the plain form {_step_words(plain, most)}."
    )


def _step_words(steps: int | None, most: int) -> str:
    if steps is None:
        return f"more than {counted(most, 'step')}"
    return "no step" if steps == 0 else counted(steps, "step")
