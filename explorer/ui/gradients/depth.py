"""Depth: the gradient's ratio first/last of both networks from 8 to 110 layers."""

import pandas as pd
import streamlit as st

from explorer.charts.gradients.against_depth import growth_alt_text, growth_rows
from explorer.gradients.trend_values import DepthSweep, depths_for
from explorer.gradients.trend_verdicts import growth_sentence
from explorer.gradients.values import InputSource
from explorer.gradients.verdict import THRESHOLDS
from explorer.ui.gradients.choices import VALUES
from explorer.ui.gradients.flow_downloads import file_name_of
from explorer.ui.gradients.flow_setup import FlowSetup
from explorer.ui.gradients.measurement import by_depth
from explorer.ui.state.markdown import bullets, escaped
from explorer.ui.widgets.chart import chart
from explorer.ui.widgets.figure_cache import growth_chart


def depth_view(setup: FlowSetup, device: str) -> None:
    """Draw a button, then the progress, then both curves."""
    depths = depths_for(setup.config)
    st.caption(
        f"Both networks with {', '.join(map(str, depths))} layers, blocks shared equally between the stages, "
        f"{len(setup.seeds)} seed{'s' if len(setup.seeds) > 1 else ''} each. You can cancel at any time; nobody else "
        "waits."
        + (" Measured with noise: the picture is left aside here." if setup.source is InputSource.IMAGES else "")
    )
    found = by_depth(setup, device, depths)
    if found:
        _show(setup, found)


def _show(setup: FlowSetup, found: DepthSweep) -> None:
    said = (growth_sentence(curve, name) for curve, name in zip(found.curves, setup.names, strict=True))
    st.markdown(f"**What happened.**\n{bullets(said)}")
    chart(
        growth_chart(found, setup.names),
        key="growth_chart",
        alt=growth_alt_text(found, setup.names),
        filename=f"{file_name_of(setup)}-depth",
    )
    expander = VALUES.expander()
    if expander:
        expander.dataframe(
            pd.DataFrame(growth_rows(found, setup.names)),
            hide_index=True,
            height="content",
            alt="The ratio of each network at each depth",
        )
    st.caption(escaped(THRESHOLDS))
