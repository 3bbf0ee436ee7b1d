"""The Gradient-flow page: the gradient along two networks, or over the first steps of training."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.charts.gradients.along_network import flow_alt_text, flow_chart, flow_rows
from explorer.charts.gradients.first_steps import first_steps_alt_text, first_steps_chart, first_steps_rows
from explorer.charts.gradients.losses import losses_alt_text, losses_chart, losses_rows
from explorer.gradients.conditions import shared_condition
from explorer.gradients.page_jobs import Question, study, study_steps
from explorer.gradients.paired_networks import Contrast, names, pair, refusal
from explorer.gradients.quantity import Quantity, profile
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.stories import STORIES
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.trend_verdicts import told
from explorer.gradients.values import InputSource
from explorer.gradients.verdict import conclusion, finding
from explorer.jobs.idle import Request
from explorer.network.links import from_url, to_url
from explorer.paths.handouts.pictures import of_figure
from explorer.paths.handouts.values import Ask, Experiment
from explorer.text.errors import Refusal
from explorer.text.typed_numbers import positive_number, whole_number

_FLOWS = ("Layer by layer", "At each add")  # tabs that show the same measurement
_STEPS_VIEW = "First steps"


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the link asks for; ``name`` tells its pictures from others."""

    question: Question
    contrast: Contrast
    names: tuple[str, str]
    quantity: Quantity
    relative: bool
    name: str


def experiment(query: Mapping[str, str], device: str, ask: Ask) -> Experiment:
    """The tab of the link, where it shows the flow or the first steps; a picture of the reader's is in no link."""
    if not _is_drawn(query):
        return Experiment()
    setting = _setting(query)
    if _view(query) != _STEPS_VIEW:
        bands = ask(Request(study, (setting.question, device), device, {"picture": None}))
        return _flow(setting, bands)
    steps, rate = _trained(query)
    how = {"steps": steps, "learning_rate": rate, "picture": None}
    return _first_steps(setting, ask(Request(study_steps, (setting.question, device), device, how)))


def code(query: Mapping[str, str]) -> str:
    """Python that measures the same."""
    if not _is_drawn(query):
        return ""
    if _view(query) != _STEPS_VIEW:
        setting = _setting(query)
        return _code(setting, _FLOW.format(relative=setting.relative))
    steps, rate = _trained(query)
    return _code(_setting(query), _STEPS.format(steps=steps, rate=rate))


def _view(query: Mapping[str, str]) -> str:
    return query.get("view", _FLOWS[0])


def _is_drawn(query: Mapping[str, str]) -> bool:
    return query.get("input") != InputSource.IMAGES and _view(query) in (*_FLOWS, _STEPS_VIEW)


def _trained(query: Mapping[str, str]) -> tuple[int, float]:
    """The number of steps, and the learning rate."""
    steps = whole_number("SGD steps", query.get("sgd_steps", "10"))
    return steps, positive_number("Learning rate", query.get("rate", "0.1"))


def _setting(query: Mapping[str, str]) -> _Setting:
    config = from_url(query.get("flow", to_url(STORIES[0].config)))
    contrast = Contrast(query.get("contrast", Contrast.SKIPS))
    if why := refusal(config, contrast):
        raise Refusal(why)
    question = Question(
        pair(config, contrast),
        tuple(range(min(int(query.get("seeds", "3")), 9))),
        whole_number("Images", query.get("images", "16")),
        InputSource(query.get("input", InputSource.NOISE)),
    )
    quantity = Quantity(query.get("show", Quantity.GRADIENT))
    name = f"flow-{to_url(config)}-{contrast}-{question.source}-{quantity}"
    return _Setting(question, contrast, names(config, contrast), quantity, query.get("relative") == "true", name)


def _flow(setting: _Setting, bands: tuple[FlowBand, ...]) -> Experiment:
    profiles = [profile(band, setting.quantity, relative=setting.relative) for band in bands]
    picture = of_figure(
        flow_chart(profiles, setting.names),
        flow_alt_text(profiles, setting.names),
        flow_rows(profiles, setting.names),
        setting.name,
    )
    found = [finding(band, name) for band, name in zip(bands, setting.names, strict=True)]
    where = shared_condition(bands[0].config, bands[1].config, setting.question.source)
    end = conclusion(found[0].verdict, found[1].verdict, setting.contrast.change, where)
    return Experiment((picture,), (*(each.sentence for each in found), end))


def _first_steps(setting: _Setting, runs: tuple[FirstSteps, ...]) -> Experiment:
    both, quantity = setting.names, setting.quantity
    maps, losses = (
        of_figure(
            first_steps_chart(runs, both, quantity),
            first_steps_alt_text(runs, both, quantity),
            first_steps_rows(runs, both, quantity),
            f"{setting.name}-steps",
        ),
        of_figure(
            losses_chart(runs, both), losses_alt_text(runs, both), losses_rows(runs, both), f"{setting.name}-loss"
        ),
    )
    return Experiment((maps, losses), told(runs, both))


def _code(setting: _Setting, end: str) -> str:
    question = setting.question
    networks = "".join(
        f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(to_url(config))},\n"
        for name, config in zip(setting.names, question.configs, strict=True)
    )
    return _QUESTION.format(
        networks=networks,
        seeds=question.seeds,
        images=question.batch_size,
        source=json.dumps(str(question.source)),
        quantity=json.dumps(str(setting.quantity)),
        end=end,
    )


_QUESTION = """\
from explorer import from_url
from explorer.gradients.page_jobs import Question, study, study_steps
from explorer.gradients.quantity import Quantity, profile
from explorer.gradients.values import InputSource

NETWORKS = {{
{networks}}}
question = Question(tuple(map(from_url, NETWORKS.values())), {seeds}, {images}, InputSource({source}))
quantity = Quantity({quantity})
{end}"""

_FLOW = """\

from explorer.charts.gradients.along_network import flow_chart
from explorer.gradients.verdict import finding

bands = study(question)
for name, band in zip(NETWORKS, bands, strict=True):
    print(finding(band, name).sentence)
flow_chart([profile(band, quantity, relative={relative}) for band in bands], list(NETWORKS))"""

_STEPS = """\

from explorer.charts.gradients.first_steps import first_steps_chart
from explorer.gradients.trend_verdicts import told

runs = study_steps(question, steps={steps}, learning_rate={rate})
print(*told(runs, list(NETWORKS)), sep="\\n")
first_steps_chart(runs, list(NETWORKS), quantity)"""
