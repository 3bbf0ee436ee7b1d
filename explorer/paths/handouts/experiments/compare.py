"""The Compare page: the networks' numbers, and where their parameters, MACs or memory are."""

import json
from collections.abc import Mapping, Sequence

from explorer.charts.compare.budget import budget_alt_text, budget_bars
from explorer.charts.compare.waterfall import waterfall, waterfall_alt_text
from explorer.charts.table_twin import Row, distinct_names
from explorer.compare.budget import By, Measure
from explorer.compare.sentences import difference_sentence, explanation, headline
from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.links import from_url, to_url
from explorer.network.names import name_of
from explorer.network.receptive_field import field_difference
from explorer.paths.handouts.pictures import of_figure
from explorer.paths.handouts.values import Ask, Experiment

_PLACES = {"net1": "resnet34", "net2": "resnet50", "net3": "", "net4": ""}  # with what stands there by default

_BUDGET, _CHANGES = "Budget", "What changes"  # the tabs that are shown, by their names in the link


def experiment(query: Mapping[str, str], _device: str, _ask: Ask) -> Experiment:
    """The two to four networks of the link."""
    archs, tab = _networks(query), query.get("tab", _BUDGET)
    names = tuple(distinct_names([name_of(arch.config) for arch in archs]))
    measure = Measure(query.get("measure", Measure.PARAMS))
    name = "-".join((tab, *(to_url(arch.config) for arch in archs), measure)).replace(" ", "-")
    if tab == _BUDGET:
        figure = budget_bars(archs, names, measure, share=query.get("share") == "true")
        pictures = [of_figure(figure, budget_alt_text(archs, names, measure), _numbers(archs, names), name)]
    elif tab == _CHANGES:
        first, last, *_ = archs
        how = By(query.get("by", By.STAGE))
        figure = waterfall(first, last, names[:2], measure, how)
        alt = waterfall_alt_text(first, last, names[:2], measure, how)
        pictures = [of_figure(figure, alt, _numbers(archs, names), name)]
    else:
        pictures = []
    return Experiment(tuple(pictures), tuple(_told(archs)))


def _numbers(archs: Sequence[Architecture], names: Sequence[str]) -> list[Row]:
    return [{"number": row.label, **dict(zip(names, row.values, strict=True))} for row in headline(archs)]


def _told(archs: Sequence[Architecture]) -> list[str]:
    first, *others = archs
    said = [difference_sentence(first, other) for other in others]
    if len(others) == 1:
        said += [line for line in (*explanation(first, others[0]), field_difference(first, others[0])) if line]
    return said


def _networks(query: Mapping[str, str]) -> tuple[Architecture, ...]:
    links = [query.get(place, default) for place, default in _PLACES.items()]
    return tuple(analyze(from_url(link)) for link in links if link)


def code(query: Mapping[str, str]) -> str:
    """Python that prints the networks' numbers and how they differ."""
    archs = _networks(query)
    links = "".join(f"    {json.dumps(to_url(arch.config))},\n" for arch in archs)
    return f"""\
from explorer import analyze, from_url
from explorer.compare.sentences import difference_sentence, headline

LINKS = [
{links}]
archs = [analyze(from_url(link)) for link in LINKS]
for row in headline(archs):
    print(f"{{row.label:20}}", *(f"{{value:>16}}" for value in row.values))
for other in archs[1:]:
    print(difference_sentence(archs[0], other))"""
