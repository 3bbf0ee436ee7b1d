"""The Ideas page: x + F(x) beside F(x), both trained."""

from collections.abc import Mapping

from explorer.charts.ideas.identity import (
    identity_losses_alt_text,
    identity_losses_chart,
    identity_losses_rows,
    weights_alt_text,
    weights_chart,
    weights_rows,
)
from explorer.ideas.identity import Form, IdentityRun, IdentitySetting, Target
from explorer.ideas.identity_words import sentence
from explorer.ideas.measure.identity import identity_run
from explorer.jobs.idle import WORDS, Request
from explorer.paths.handouts.pictures import of_figure
from explorer.paths.handouts.values import Ask, Experiment


def experiment(query: Mapping[str, str], _device: str, ask: Ask) -> Experiment:
    """The lesson of the link, where it is that of the identity."""
    if not _is_identity(query):
        return Experiment()
    setting = _setting(query)
    run: IdentityRun = ask(Request(identity_run, (setting,), WORDS))
    name = "-".join(map(str, ("identity", *(query.get(key, "") for key in _NAMED))))
    losses = of_figure(
        identity_losses_chart(run), identity_losses_alt_text(run), identity_losses_rows(run), f"{name}-losses"
    )
    weights = of_figure(weights_chart(run), weights_alt_text(run), weights_rows(run), f"{name}-weights")
    return Experiment((losses, weights), (sentence(run),))


_NAMED = ("wanted", "form", "distance", "weights_scale", "learning", "training")


def _is_identity(query: Mapping[str, str]) -> bool:
    return query.get("lesson", "identity") == "identity"


def _setting(query: Mapping[str, str]) -> IdentitySetting:
    return IdentitySetting(
        Target(query.get("wanted", Target.IDENTITY)),
        Form(query.get("form", Form.LINEAR)),
        float(query.get("distance", "0.3")),
        float(query.get("weights_scale", "0.1")),
        float(query.get("learning", "0.1")),
        int(query.get("training", "30")),
    )


def code(query: Mapping[str, str]) -> str:
    """Python that trains both forms: with PyTorch alone where F is one layer."""
    if not _is_identity(query):
        return ""
    setting = _setting(query)
    if setting.form is not Form.LINEAR:
        return _LIBRARY.format(setting=_written(setting))
    sign = "" if setting.target is Target.IDENTITY else "-"
    return _TORCH.format(
        sign=sign,
        distance=setting.distance,
        scale=setting.scale,
        rate=setting.learning_rate,
        steps=setting.steps,
    )


def _written(setting: IdentitySetting) -> str:
    return (
        f'IdentitySetting("{setting.target}", "{setting.form}", {setting.distance}, {setting.scale}, '
        f"{setting.learning_rate}, {setting.steps})"
    )


# With PyTorch alone. It draws the same random numbers in the same order as explorer.ideas.measure.identity.
_TORCH = """\
import torch

SIDE, SAMPLES = 8, 64
generator = torch.Generator().manual_seed(0)
normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
x, random = normal(SAMPLES, SIDE), normal(SIDE, SIDE)
H = {sign}torch.eye(SIDE, dtype=torch.float64) + {distance} * random / torch.linalg.matrix_norm(random, ord=2)
start = {scale} / SIDE**0.5 * normal(SIDE, SIDE)

final = {{}}
for form in ("F(x)", "x + F(x)"):
    W = start.clone().requires_grad_()  # F(x) = W x
    for step in range({steps} + 1):
        answer = x @ W.T + (x if form == "x + F(x)" else 0)
        loss = (answer - x @ H.T).square().sum(1).mean() / 2
        if step < {steps}:
            (gradient,) = torch.autograd.grad(loss, [W])
            with torch.no_grad():
                W -= {rate} * gradient
    final[form] = float(loss.detach())
    print(f"{{form:9}} loss after {steps} steps: {{final[form]:.3g}}")"""

_LIBRARY = """\
from explorer.ideas.identity import IdentitySetting
from explorer.ideas.identity_words import sentence
from explorer.ideas.measure.identity import identity_run

run = identity_run({setting})
print(sentence(run))"""
