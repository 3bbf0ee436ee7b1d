"""One block and one picture: the maps of x, F(x) and x + F(x) as small pictures."""

from collections.abc import Sequence

import streamlit as st

from explorer.training.refinement.maps import BlockMaps, as_grey
from explorer.training.refinement.sentences import told_maps
from explorer.ui.state.markdown import escaped
from explorer.ui.training import inside_choices as choices
from explorer.ui.training import lanes
from explorer.ui.training.damage_flips import small_source
from explorer.ui.training.inside import Inside
from explorer.ui.widgets.job_progress import Work
from explorer.ui.widgets.thumbnails import Thumb, thumbnails


def draw_maps(inside: Inside, blocks: Sequence[str]) -> None:
    """Draw the choice of a block and of a test picture, and the block's maps."""
    st.subheader("One block, one picture", anchor=False)
    block = choices.BLOCK.select(tuple(blocks))
    pixels = inside.trained.pixels()[: choices.PICTURES]
    row = [
        Thumb(str(number), str(number + 1), small_source(each), f"Test picture {number + 1}")
        for number, each in enumerate(pixels)
    ]
    picture = choices.PICTURE.among([each.name for each in row])
    thumbnails(row, key="inside_pictures", label=choices.PICTURE.label, lit=picture, on_pick=choices.PICTURE.put)
    if found := _measured(inside, block, int(picture)):
        _show(found)


def _measured(inside: Inside, block: str, picture: int) -> BlockMaps | None:
    from explorer.training.refinement.page_jobs import maps_of

    work = Work("block_maps", "Running the block", "Run the block", automatic=True, patience=1.2)
    request = inside.trained, inside.initial, block, picture
    found: BlockMaps | None = work.run(request, maps_of, *request, lane=lanes.AT_ONCE)
    return found


def _show(found: BlockMaps) -> None:
    st.caption(escaped(told_maps(found)))
    rows = {"x": found.x, "F(x)": found.branch, "x + F(x)": found.total}
    for column, (name, maps) in zip(st.columns(3), rows.items(), strict=True):
        with column:
            st.markdown(f"**{name}**")
            grey = as_grey(maps, found.most)
            thumbnails(
                [
                    Thumb(str(channel), str(channel), small_source(each), f"{name} in channel {channel}")
                    for channel, each in zip(found.channels, grey, strict=True)
                ],
                key=f"block_maps_{name[0]}{len(name)}",
                label=f"{name} in {found.block}, by channel",
            )
