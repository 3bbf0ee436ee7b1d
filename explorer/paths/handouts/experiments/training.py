"""The Training page: recorded runs as curves, every block of the recorded networks cut alone, and norms' statistics."""

import json
from collections.abc import Mapping

from explorer.charts.training.curves import Curves, training_alt_text, training_chart, training_rows
from explorer.charts.training.damage_bars import cut_bars_alt_text, cut_bars_chart, cut_bars_rows
from explorer.charts.training.mode_statistics import (
    Statistic,
    mode_statistics_alt_text,
    mode_statistics_chart,
    mode_statistics_rows,
)
from explorer.jobs.idle import WORDS, Request
from explorer.network.options import Norm
from explorer.paths.handouts.pictures import of_figure
from explorer.paths.handouts.values import Ask, Experiment
from explorer.text.quantities import capitalised
from explorer.text.typed_numbers import whole_number
from explorer.training.curve import Axis, Measure
from explorer.training.damage.sentences import told_beside, told_single_cuts
from explorer.training.damage.trained import TrainedNetwork
from explorer.training.data import DataSet
from explorer.training.modes.page_jobs import statistics_of
from explorer.training.modes.sentences import told_narrow, told_norm
from explorer.training.modes.values import BatchStatistics
from explorer.training.recorded import spread_like
from explorer.training.recorded_damage import recorded_cuts
from explorer.training.recorded_networks import recorded_networks
from explorer.training.recorded_sets import RecordedSet, Shown, recorded_set
from explorer.training.verdict import Result, told

# The tabs that are shown, by their names in the link.
RECORDED, DAMAGE, MODES = "Recorded runs", "Damage", "Train or eval?"


def experiment(query: Mapping[str, str], _device: str, ask: Ask) -> Experiment:
    """The tab of the link, where it shows what is recorded."""
    view = query.get("experiment", "")
    if view == RECORDED:
        which, measure = _chosen(query)
        found: RecordedSet | None = ask(Request(recorded_set, which, WORDS))
        return _curves("-".join(map(str, which)), found, measure) if found else Experiment()
    if view == MODES:
        return _statistics(query, ask)
    network = _damaged(query) if view == DAMAGE else None
    return _damage(network, ask) if network else Experiment()


def code(query: Mapping[str, str]) -> str:
    """Python that reads the recorded runs, or cuts a block."""
    view = query.get("experiment", "")
    if view == RECORDED:
        (shown, *seed), measure = _chosen(query)
        more = "".join(f", {each}" for each in seed)
        return _CURVES.format(shown=json.dumps(str(shown)), seed=more, measure=json.dumps(str(measure)))
    if view == MODES:
        normed, size = _normed(query)
        return _NORMS.format(key=json.dumps(normed.key), size=size)
    network = _damaged(query) if view == DAMAGE else None
    return _CUTS.format(key=json.dumps(network.key)) if network else ""


def _chosen(query: Mapping[str, str]) -> tuple[tuple[Shown] | tuple[Shown, int], Measure]:
    """The arguments of ``recorded_set``, and what is drawn."""
    shown, measure = Shown(query.get("recorded", Shown.FASHION)), Measure(query.get("curves", Measure.TRAIN_LOSS))
    seed = query.get("recorded_seed", "")
    return (shown, whole_number("Seed", seed)) if seed else (shown,), measure


def _damaged(query: Mapping[str, str]) -> TrainedNetwork | None:
    """The network that the link names, the first one where it names none."""
    key = query.get("damaged", "")
    return next((each for each in recorded_networks() if key in ("", each.key)), None)


def _curves(name: str, found: RecordedSet, measure: Measure) -> Experiment:
    pictures = DataSet(found.runs[0].data).pictures
    curves = Curves(found.runs, found.names, pictures, tuple(spread_like(run, measure) for run in found.runs))
    picture = of_figure(
        training_chart(curves, measure, Axis.STEPS),
        training_alt_text(curves, measure),
        training_rows(curves, measure, every=50),
        f"curves-{name}-{measure}".replace(" ", "-").replace(",", ""),
    )
    results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
    said = map(capitalised, told(results, found.pairs))
    return Experiment((picture,), (*said, found.made))


def _normed(query: Mapping[str, str]) -> tuple[TrainedNetwork, int]:
    """The network whose norms are looked at, the shallowest where the link names none, and the size of the batch."""
    normed = [each for each in recorded_networks() if each.config.norm is Norm.BATCH]
    shallow = min(normed, key=lambda each: each.config.depth)
    wanted = query.get("modes_network", shallow.key)
    return next((each for each in normed if each.key == wanted), shallow), int(query.get("modes_batch", "32"))


def _statistics(query: Mapping[str, str], ask: Ask) -> Experiment:
    """The last norm's running statistics beside those of a mixed batch and of one of a single class."""
    network, size = _normed(query)
    found: BatchStatistics = ask(Request(statistics_of, (network, size, False), WORDS))
    norm = found.norms[-1]
    pictures = [
        of_figure(
            mode_statistics_chart(found, norm, statistic),
            mode_statistics_alt_text(norm, statistic),
            mode_statistics_rows(norm),
            f"{statistic.name.lower()}-{network.key}-{size}",
        )
        for statistic in Statistic
    ]
    return Experiment(tuple(pictures), (told_norm(found, norm, network.classes), told_narrow(norm)))


def _damage(first: TrainedNetwork, ask: Ask) -> Experiment:
    """The network that is damaged, and beside it the one of the same depth without its shortcuts, or with some."""
    depth, plain = first.config.depth, first.config.is_plain
    others = [each for each in recorded_networks() if each.config.depth == depth and each.config.is_plain != plain]
    cuts = {each: ask(Request(recorded_cuts, (each, False), WORDS))[1:] for each in (first, *others[:1])}
    shown = {each: found for each, found in cuts.items() if found}
    pictures = [
        of_figure(
            cut_bars_chart(found, each.name, number=number),
            cut_bars_alt_text(found, each.name),
            cut_bars_rows(found),
            f"cuts-{each.key}",
        )
        for number, (each, found) in enumerate(shown.items())
    ]
    said = [told_single_cuts(found, each.name) for each, found in shown.items()]
    if len(shown) == 2:
        (one, other), (name, beside) = shown.values(), (each.name for each in shown)
        said.append(told_beside(one, other, (name, beside)))
    return Experiment(tuple(pictures), tuple(said))


_CURVES = """\
from explorer.charts.training.curves import Curves, training_chart
from explorer.training.curve import Axis, Measure
from explorer.training.data import DataSet
from explorer.training.recorded_sets import Shown, recorded_set
from explorer.training.verdict import Result, told

found = recorded_set(Shown({shown}){seed})
results = [Result(run, name) for run, name in zip(found.runs, found.names, strict=True)]
for result in results:
    last = result.run.evaluations[-1]
    print(f"{{result.name}}: training loss {{result.loss:.3g}}, accuracy on training pictures "
          f"{{last.train_accuracy:.1%}}, on test pictures {{last.test_accuracy:.1%}}")
print(*told(results, found.pairs), sep="\\n")

TRAIN_AGAIN = False  # True trains the networks of the first recipe anew: see `found.made` for how long that takes
if TRAIN_AGAIN:
    from explorer.training.train import race

    first = found.runs[0]
    configs = [run.config for run in found.runs if run.recipe == first.recipe]
    for run in race(configs, first.data, first.recipe):
        print(run.config.depth, "plain" if run.config.is_plain else "residual", run.losses[-1])

pictures = DataSet(found.runs[0].data).pictures
training_chart(Curves(found.runs, found.names, pictures), Measure({measure}), Axis.STEPS)"""

_NORMS = """\
from explorer.charts.training.mode_statistics import Statistic, mode_statistics_chart
from explorer.training.modes.page_jobs import statistics_of
from explorer.training.modes.sentences import told_narrow, told_norm
from explorer.training.recorded_networks import recorded_networks

(network,) = [each for each in recorded_networks() if each.key == {key}]
found = statistics_of(network, {size}, False)
norm = found.norms[-1]
print(told_norm(found, norm, network.classes))
print(told_narrow(norm))
mode_statistics_chart(found, norm, Statistic.MEAN)"""

_CUTS = """\
from explorer.charts.training.damage_bars import cut_bars_chart
from explorer.training.damage.cuts import Damage, can_be_cut
from explorer.training.damage.sentences import told_lesion, told_single_cuts
from explorer.training.damage.study import LesionStudy
from explorer.training.recorded_damage import recorded_cuts
from explorer.training.recorded_networks import recorded_networks

PICTURES = 100  # up to 1,000
BLOCKS = 1  # that are cut now, each alone, from the first on
(network,) = [each for each in recorded_networks() if each.key == {key}]
trained = network.load(network.key)
study = LesionStudy(trained.net, trained.images[:PICTURES], trained.labels[:PICTURES])
for lesion in study.lesions([Damage(cuts=(block,)) for block in can_be_cut(network.config)[:BLOCKS]]):
    print(told_lesion(lesion))

_, *cuts = recorded_cuts(network, False)  # every block, 1,000 pictures
print(told_single_cuts(cuts, network.name))
cut_bars_chart(cuts, network.name)"""
