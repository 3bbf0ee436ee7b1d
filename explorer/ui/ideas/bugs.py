"""Spot the bug: a program with a mistake, a line to point at, and what happens when it is run."""

import streamlit as st

from explorer.ideas.bugs import BUGS, Bug, answer_to_line, bug_by_key
from explorer.ui.ideas.choices import BUG, HINT, LINE, MEND, RUN
from explorer.ui.ideas.lesson_frame import question
from explorer.ui.state.markdown import escaped


def bugs_lesson() -> None:
    """The lesson."""
    question("Spot the bug", "Each of these mistakes has cost somebody an evening. Read, point at a line, run it.")
    found = bug_by_key(
        BUG.select([each.key for each in BUGS], labels={each.key: each.title for each in BUGS}, then=_anew)
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.code(found.wrong, "python", line_numbers=True)
    with right:
        st.markdown(f"**{escaped(found.question)}**")
        _point(found)
        if HINT.toggle():
            st.caption(escaped(found.hint))
        if RUN.toggle():
            _run(found)
        if MEND.toggle():
            _mend(found)


def _anew() -> None:
    """Hide the answers: another program was chosen."""
    for control in (LINE, HINT, RUN, MEND):
        control.put(control.default)


def _point(found: Bug) -> None:
    lines = [str(number) for number in range(1, len(found.lines) + 1)]
    labels = {number: f"{number}: {found.lines[int(number) - 1].strip()}" for number in lines}
    chosen = LINE.select(("", *lines), labels={"": "…", **labels})
    if chosen:
        said, right = answer_to_line(found, int(chosen)), int(chosen) in found.places
        (st.success if right else st.info)(escaped(said), icon=":material/check:" if right else ":material/search:")


def _run(found: Bug) -> None:
    from explorer.ideas.measure.bugs import run_program

    happened = run_program(found.wrong)
    st.markdown("**What happens.**" if happened.error else "**It runs, and prints:**")
    st.code(happened.words, None, wrap_lines=True)
    if happened.error and happened.line:
        st.caption(f"In line {happened.line}.")


def _mend(found: Bug) -> None:
    from explorer.ideas.measure.bugs import check_mended, check_wrong

    st.markdown("**The mend**")
    wrong, right = set(found.lines), found.mended.splitlines()
    st.code("\n".join(line for line in right if line not in wrong), "python", wrap_lines=True)
    st.markdown("**The check that would have caught it**")
    st.code(found.check, "python", wrap_lines=True)
    before, after = check_wrong(found), check_mended(found)
    st.caption(escaped(f"Before the mend: {before.words or 'passes'}. After it: {after.error or 'passes'}."))
    st.markdown(escaped(found.lesson))
