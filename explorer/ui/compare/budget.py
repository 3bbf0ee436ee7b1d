"""Where the parameters, MACs or memory go: bars by stage and role, a treemap, and the layers behind a bar."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from explorer.charts.compare.budget import budget_alt_text
from explorer.compare.budget import Measure, budget, stage_names
from explorer.compare.sentences import largest_shares
from explorer.network.architecture import Architecture
from explorer.network.labels import ROLE_LABELS, stage_label
from explorer.network.layer import Layer, Role
from explorer.network.layer_table import layer_frame
from explorer.network.links import file_name, to_url
from explorer.text.quantities import counted, percent
from explorer.ui.classroom.actions import is_on_projector
from explorer.ui.compare.architecture_link import open_in_architecture
from explorer.ui.compare.choices import CELL, NOTHING, SHARE, TABLE, choose_measure
from explorer.ui.compare.tiles import on_tile_click
from explorer.ui.state.markdown import escaped, readable
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import budget_bars, network_tree
from explorer.ui.widgets.layer_table import columns
from explorer.ui.widgets.network_diagram import legend_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """The part of a bar that was clicked: one role in one stage of one network (by its index)."""

    network: int
    stage: str
    role: Role

    @property
    def part(self) -> tuple[int, str, Role]:
        """The part as the chart of bars names it."""
        return self.network, self.stage, self.role

    @property
    def text(self) -> str:
        """The part as in the link: ``2.layer4.3x3``, networks counted from 1."""
        return f"{self.network + 1}.{self.stage}.{self.role}"

    def layers(self, archs: tuple[Architecture, ...]) -> tuple[Layer, ...]:
        """The part's layers; none where the network has no such part."""
        layers = archs[self.network].layers if self.network < len(archs) else ()
        return tuple(layer for layer in layers if (layer.stage, layer.role) == (self.stage, self.role))


def budget_view(archs: tuple[Architecture, ...], names: tuple[str, ...]) -> None:
    """Draw the bars, the layers of the chosen part, the same as a table, and the treemaps."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        measure = choose_measure("budget")
        share = SHARE.toggle()
    chosen, missing = _chosen(archs, names)
    chart(
        budget_bars(
            archs, names, measure, share=share, chosen=chosen.part if chosen else None, close=is_on_projector()
        ),
        key="bars",
        alt=budget_alt_text(archs, names, measure),
        filename="compare-budget",
        on_pick=lambda part: CELL.put(Chosen(int(part[0]), str(part[1]), Role(part[2])).text),
        on_unpick=lambda: CELL.put(""),
    )
    st.markdown(f"**What you see.** {readable(largest_shares(archs, measure))}")
    if chosen:
        _layers_of(chosen, archs[chosen.network], names[chosen.network], measure)
    else:
        st.caption(f"{escaped(missing)} Click a part of a bar, or a cell of the table, for its layers.".lstrip())
    expander = TABLE.expander()
    if expander:
        with expander:
            _table(archs, names, measure)
    _trees(archs, names, measure)


def _trees(archs: tuple[Architecture, ...], names: tuple[str, ...], measure: Measure) -> None:
    """Draw the treemaps in rows of two; on a phone they stand one below the other, in the same order."""
    keys = [f"tree{number}" for number in range(len(archs))]
    st.caption(
        "Click a stage or block to look inside, the path above it to come back, a layer for its receipt. With the "
        "keyboard: arrow keys and Enter; Enter on the first tile leads back."
    )
    for first in range(0, len(archs), 2):
        for number, column in zip(range(first, len(archs)), st.columns(2), strict=False):
            with column:
                chart(
                    network_tree(archs[number], names[number], measure),
                    key=keys[number],
                    alt=budget_alt_text(archs[number : number + 1], names[number : number + 1], measure),
                    filename=f"budget-{file_name(archs[number].config)}",
                    legend=legend_of(layer.role for layer in archs[number].layers if measure.of(layer)),
                )
    on_tile_click(keys, lambda key, layer: open_in_architecture(to_url(archs[keys.index(key)].config), layer))


def _chosen(archs: tuple[Architecture, ...], names: tuple[str, ...]) -> tuple[Chosen | None, str]:
    """Returns the chosen part, or None and a sentence where no network has that part, which is then forgotten."""
    text = CELL.value
    if not text:
        return None, ""
    number, _, rest = text.partition(".")
    stage, _, role = rest.partition(".")
    missing = f"These networks have no part {text!r}."
    if number.isdigit() and role in set(Role):
        chosen = Chosen(int(number[:2]) - 1, stage, Role(role))
        if chosen.layers(archs):
            return chosen, ""
        if chosen.network in range(len(archs)) and stage in stage_names(*archs):
            missing = f"{names[chosen.network]} has no “{ROLE_LABELS[Role(role)]}” in {stage_label(stage).lower()}."
    CELL.put("")
    return None, missing


def _layers_of(chosen: Chosen, arch: Architecture, name: str, measure: Measure) -> None:
    layers = chosen.layers((arch,) * (chosen.network + 1))
    amount = sum(map(measure.of, layers))
    unit = "" if measure is Measure.MEMORY else f" {measure.noun}"
    st.markdown(
        f"**{escaped(name)}, {stage_label(chosen.stage).lower()}, {ROLE_LABELS[chosen.role]}**: "
        f"{counted(len(layers), 'layer')} with {measure.words(amount)}{unit}, "
        f"{percent(amount, measure.total(arch))} of the network's."
    )
    whole = layer_frame(arch)
    picked = st.dataframe(
        whole[whole["layer"].isin([layer.name for layer in layers])],
        hide_index=True,
        height="content" if len(layers) < 9 else 320,
        column_config=columns(arch),
        key="cell_layers",
        on_select="rerun",
        selection_mode="single-row",
        alt="The layers of the chosen part",
    )
    rows = picked.selection.rows
    layer = layers[rows[0]] if rows and rows[0] < len(layers) else layers[0]
    st.page_link(
        "pages/architecture.py",
        label=f"Open {name} at {layer.name}",
        icon=":material/account_tree:",
        query_params={"net": to_url(arch.config), "at": layer.name},
    )


def _table(archs: tuple[Architecture, ...], names: tuple[str, ...], measure: Measure) -> None:
    """Draw every part of every bar; a selected cell shows its layers, which the keyboard can do, too."""
    cells = [{(cell.stage, cell.role): cell.value for cell in budget(arch, measure)} for arch in archs]
    places = [
        (stage, role) for stage in stage_names(*archs) for role in Role if any((stage, role) in each for each in cells)
    ]

    def words(network: int, place: tuple[str, Role]) -> str:
        value = cells[network].get(place, 0)
        return f"{measure.words(value)} · {percent(value, measure.total(archs[network]))}" if value else NOTHING

    def cell_picked() -> None:
        for row, column in st.session_state["budget_table"].selection.cells:
            if column in names and row < len(places):
                CELL.put(Chosen(names.index(column), *places[row]).text)

    frame = {"Stage": [stage_label(stage) for stage, _ in places], "Role": [ROLE_LABELS[role] for _, role in places]}
    frame |= {name: [words(network, place) for place in places] for network, name in enumerate(names)}
    st.dataframe(
        pd.DataFrame(frame),
        hide_index=True,
        height="content" if len(places) < 16 else 480,
        key="budget_table",
        on_select=cell_picked,
        selection_mode="single-cell",
        alt=f"{measure.label} of each network by stage and role",
    )
