"""What is kept for everybody and what for one session: computed once, bounded, and gone when the session is."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.testing.v1 import AppTest

from explorer.ui.state.caching import kept, shared


def test_a_shared_value_is_computed_once_and_the_oldest_goes_first() -> None:
    asked: list[int] = []

    @shared(2)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [double(number) for number in (1, 2, 1, 3, 1, 2)] == [2, 4, 2, 6, 2, 4]
    assert asked == [1, 2, 3, 2]


def script() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from explorer.ui.state.caching import in_session  # noqa: PLC0415

    made = st.session_state.setdefault("made", [])

    def make(number: int) -> list[int]:
        made.append(number)
        return [number]

    first = in_session(("test_caching", 0), lambda: make(0))
    for number in range(1, 40):  # more than are kept
        in_session(("test_caching", number), lambda number=number: make(number))  # type: ignore[misc]
        assert in_session(("test_caching", 0), lambda: make(0)) is first  # the last used stays
    in_session(("test_caching", 1), lambda: make(1))


def test_a_sessions_values_are_bounded_and_go_with_it() -> None:
    page = AppTest.from_function(script, default_timeout=30)
    assert not page.run().exception
    first_run = [*range(40), 1]
    assert page.session_state["made"] == first_run
    clear_session_cache("test session id")  # as streamlit does when the browser tab closes
    assert not page.run().exception
    assert page.session_state["made"] == first_run * 2


def test_what_is_for_everybody_is_made_once_though_a_class_asks_at_the_same_moment() -> None:
    made: list[str] = []
    all_here = Barrier(8)

    def ask(_: int) -> list[str]:
        all_here.wait(10)
        return kept("test_caching of a class", lambda: [made.append("once") or "value"], private=False)  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(ask, range(8))
    assert made == ["once"]
    assert all(each is first for each in others)


def test_what_could_not_be_made_is_tried_again() -> None:
    with pytest.raises(ZeroDivisionError):
        kept("test_caching of a failure", lambda: 1 / 0, private=False)
    assert kept("test_caching of a failure", lambda: 7, private=False) == 7
