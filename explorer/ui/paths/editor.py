"""The editor of a reader's own path: its title, and each step with its question."""

from dataclasses import replace

import streamlit as st

from explorer.paths.links import MOST_JSON, from_json, to_json, to_link
from explorer.paths.shipped import SHIPPED
from explorer.paths.values import LONGEST, MOST_MINUTES, Option, Path, Question, Step
from explorer.text.errors import Refusal
from explorer.ui.paths import draft
from explorer.ui.paths.followed import PATH
from explorer.ui.paths.handouts import address, file_name
from explorer.ui.paths.shelf import begin
from explorer.ui.state.markdown import escaped
from explorer.ui.state.session import held
from explorer.ui.state.uploads import PATH as PATH_FILE
from explorer.ui.widgets.private_input import read_file

_RIGHT, _WRONG = "*", " | "  # before the right option, and between an option and what to say to those who chose it
_OPTIONS_HELP = (
    "One a line. Put * before the right one. After | say what to tell those who choose it and are wrong. Without "
    "options, readers type a number."
)


def own_path() -> None:
    """Draw what makes a path: how steps are collected, the steps, and the path as a link and a file."""
    st.subheader("Make your own", anchor=False)
    if not draft.is_made():
        st.markdown(
            "Collect views of this app as steps, put a question to each, and hand the path on as a link or a file."
        )
        st.button("Make a path", icon=":material/route:", key="own_path.make", on_click=draft.put, args=(None,))
        _opened_file()
        return
    path = draft.drafted()
    if draft.problem():
        st.warning(escaped(draft.problem()), icon=":material/error:")
    if path is None:
        st.info("Go to any page, set it as your class shall see it, and press “Add this view”.", icon=":material/add:")
    else:
        _title(path)
        _step(path)
        _hand_on(path)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _shipped_steps()
        st.button("Drop this path", icon=":material/delete:", key="own_path.drop", on_click=draft.OWN.put, args=("",))
    _opened_file()


def _title(path: Path) -> None:
    def renamed() -> None:
        try:
            draft.put(replace(path, title=st.session_state[key]))
        except Refusal as error:
            draft.tell(str(error))

    key = "own_path.title"
    st.session_state[key] = path.title
    st.text_input("Title", key=key, max_chars=LONGEST["title"], on_change=renamed)


def _step(path: Path) -> None:
    """Draw the steps as buttons, and the fields of the chosen one."""
    place = _chosen_place(path)
    step = path.steps[place]
    with st.container(border=True):
        _fields(place, step)
        with st.container(horizontal=True):
            _move(path, place, place - 1, "Earlier", ":material/arrow_upward:")
            _move(path, place, place + 1, "Later", ":material/arrow_downward:")
            rest = tuple(each for each in path.steps if each is not step)
            st.button(
                "Remove",
                icon=":material/delete:",
                key="own_path.remove",
                on_click=draft.put,
                args=(draft.with_steps(path, rest),),
            )


def _chosen_place(path: Path) -> int:
    place: int = min(held("own_path").get("open", 0), len(path.steps) - 1)
    key = "own_path.open"
    st.session_state[key] = place

    def opened() -> None:
        held("own_path")["open"] = st.session_state[key]

    labels = [f"{number}. {escaped(step.title)}" for number, step in enumerate(path.steps, start=1)]
    places = range(len(path.steps))
    st.segmented_control(
        "Step",
        places,
        format_func=labels.__getitem__,
        key=key,
        required=True,
        wrap=True,
        on_change=opened,
    )
    return place


def _move(path: Path, place: int, to: int, label: str, icon: str) -> None:
    def move() -> None:
        steps = list(path.steps)
        steps.insert(to, steps.pop(place))
        draft.put(draft.with_steps(path, steps))
        held("own_path")["open"] = to

    st.button(label, icon=icon, key=f"own_path.{label}", on_click=move, disabled=not 0 <= to < len(path.steps))


def _fields(place: int, step: Step) -> None:
    query = "&".join("=".join(pair) for pair in step.query)
    st.caption(escaped(f"Opens {step.page}{'?' if query else ''}{query}"))
    question = step.question or Question("?")
    _text(place, "title", "Title of the step", step.title)
    _text(place, "question", "Question", question.text if step.question else "")
    key = _key(place, "options")
    st.session_state[key] = "\n".join(_line(question, number) for number in range(len(question.options)))
    st.text_area(
        "Options",
        key=key,
        help=_OPTIONS_HELP,
        max_chars=2_600,
        on_change=_asked,
        args=(place,),
        disabled=bool(question.truth),
    )
    if question.truth:
        st.caption("What is true of this question is measured, as on the page: its options stay as they are.")
    _text(place, "look", "What to look at", step.look)
    _text(place, "note", "Note for the teacher", step.note)
    key = _key(place, "minutes")
    st.session_state[key] = step.minutes
    st.number_input(
        "Minutes",
        min_value=0,
        max_value=MOST_MINUTES,
        key=key,
        width=140,
        on_change=lambda: draft.change(place, minutes=st.session_state[_key(place, "minutes")]),
    )


def _text(place: int, field: str, label: str, value: str) -> None:
    key = _key(place, field)
    st.session_state[key] = value

    def changed() -> None:
        if field == "question":
            _asked(place)
        else:
            draft.change(place, **{field: st.session_state[key]})

    st.text_input(label, key=key, max_chars=LONGEST[field], on_change=changed)


def _key(place: int, field: str) -> str:
    return f"own_path.{place}.{field}"


def _line(question: Question, number: int) -> str:
    option = question.options[number]
    mark = f"{_RIGHT} " if number == question.right else ""
    return f"{mark}{option.text}{_WRONG + option.wrong if option.wrong else ''}"


def _asked(place: int) -> None:
    """Take the question and its options over from their fields."""
    path = draft.drafted()
    text = st.session_state[_key(place, "question")].strip()
    before = path.steps[place].question if path else None
    try:
        if before and before.truth and text:
            draft.change(place, question=replace(before, text=text))
        else:
            draft.change(place, question=question_of(text, st.session_state[_key(place, "options")]))
    except Refusal as error:
        draft.tell(str(error))


def question_of(text: str, lines: str) -> Question | None:
    """Returns the question that somebody wrote, its options one a line; None for an empty text.

    Raises:
        Refusal: as ``Question``, or two options are called right.
    """
    if not text:
        return None
    options, right = [], []
    for number, line in enumerate(filter(str.strip, lines.splitlines())):
        if line.lstrip().startswith(_RIGHT):
            right.append(number)
        words, _, wrong = line.lstrip().removeprefix(_RIGHT).partition(_WRONG)
        options.append(Option(words.strip(), wrong=wrong.strip()))
    if len(right) > 1:
        raise Refusal("Two options are marked as right with *: mark one.")
    return Question(text, tuple(options), right=right[0] if right else None)


def _hand_on(path: Path) -> None:
    """Draw the path's link and its file."""
    st.markdown("**Its link**")
    st.code(f"{address()}?{PATH.key}={to_link(path)}", language=None, wrap_lines=True, height=120)
    with st.container(horizontal=True):
        begin(path, "Try it")
        st.download_button(
            "The path as a file",
            to_json(path),
            f"{file_name(path)}.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _shipped_steps() -> None:
    """Draw a list of the shipped paths' steps to add, with their questions and what is measured for them."""
    steps = {f"{path.title}: {step.title}": step for path in SHIPPED for step in path.steps}
    key = "own_path.shipped"
    st.session_state[key] = None

    def taken() -> None:
        if st.session_state[key]:
            draft.add(steps[st.session_state[key]])

    st.selectbox("Add a step of another path", list(steps), key=key, placeholder="Choose a step", on_change=taken)


def _opened_file() -> None:
    """Draw a field for a path's file. A path that would take another's place waits for a click."""
    with st.expander("Open a path from its file"):
        read_file(f"The file (.json, at most {MOST_JSON // 1_000} kB)", PATH_FILE, _open_file, key="own_path.file")
        path: Path | None = held("own_path").get("read")
        if path:
            label = f"Open “{escaped(path.title)}” instead"
            st.button(label, key="own_path.open_file", on_click=_put_read, args=(path,))


def _open_file(data: bytes) -> None:
    """Open the path of a file, or keep it for the button.

    Raises:
        Refusal: it is no path, or too long a one for a link.
    """
    held("own_path").pop("read", None)
    path = from_json(data)
    to_link(path)
    if draft.drafted():
        held("own_path")["read"] = path
    else:
        draft.put(path)


def _put_read(path: Path) -> None:
    held("own_path").pop("read", None)
    draft.put(path)
