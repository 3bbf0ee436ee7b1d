"""How far does a value see? The receptive field over the image, theoretical and effective."""

import streamlit as st

from explorer.charts.ideas.field import (
    field_alt_text,
    field_chart,
    field_rows,
    growth_alt_text,
    growth_chart,
    growth_rows,
)
from explorer.ideas.field import FieldNetwork, FieldRun, place_words, sentence, units_of
from explorer.text.quantities import capitalised
from explorer.ui.ideas.choices import FIELD_BESIDE, FIELD_NETWORK, FIELD_PLACE, FIELD_SEED, NOTHING_BESIDE
from explorer.ui.ideas.lesson_frame import MAX_MEASURED, LessonChart, Shown, kept, question, show_charts
from explorer.ui.state.caching import shared
from explorer.ui.widgets.job_progress import Work

_WORK = Work("effective_field", "Measuring the fields", "Measure them", automatic=True, patience=0.1)


def field_lesson() -> None:
    """The lesson."""
    question(
        "How far does a value see?",
        "Kernels and strides decide how far a value *can* see: its theoretical receptive field. Not every pixel in it "
        "counts. The effective field holds those where the gradient of the value is above 4.55 % of the strongest "
        "(Luo et al. 2016). Move through the blocks and watch both grow over the image.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        labels = {str(each): each.label for each in FieldNetwork}
        first = FieldNetwork(FIELD_NETWORK.segmented(labels=labels))
        beside = FIELD_BESIDE.segmented(labels={**labels, NOTHING_BESIDE: "nothing"})
    networks = tuple(dict.fromkeys([first, *([] if beside == NOTHING_BESIDE else [FieldNetwork(beside)])]))
    units = units_of(first.config)
    with st.container(horizontal=True, gap="medium"):
        place = FIELD_PLACE.slide(
            units, labels={unit: capitalised(place_words(unit)) for unit in units}, at_first=units[-1], strict=True
        )
        seed = int(FIELD_SEED.slide(FIELD_SEED.options, at_first=FIELD_SEED.default))
    runs = _runs(networks, seed)
    if runs:
        show_charts(*_shown(runs, units.index(place)))


def _runs(networks: tuple[FieldNetwork, ...], seed: int) -> tuple[FieldRun, ...] | None:
    from explorer.ideas.measure.field import field_runs

    found: tuple[FieldRun, ...] | None = _WORK.run((networks, seed), field_runs, networks, seed, lane="cpu")
    return found


@shared(MAX_MEASURED)
def _shown(runs: tuple[FieldRun, ...], unit: int) -> Shown:
    return kept(
        [
            LessonChart("field", field_chart(runs, unit), field_alt_text(runs, unit), field_rows(runs, unit)),
            LessonChart("growth", growth_chart(runs, unit), growth_alt_text(runs), growth_rows(runs)),
        ],
        sentence(runs, unit),
    )
