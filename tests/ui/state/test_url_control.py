"""Controls: their value is in the session and in the link whether or not they are drawn; nonsense is said."""

import pkgutil
from collections import defaultdict
from importlib import import_module

from streamlit.testing.v1 import AppTest

import explorer.ui
from explorer.ui.state.url_control import _named
from explorer.ui.state.url_value import UrlValue
from tests.pages.helpers import healthy, link


def script() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from explorer.ui.state import url  # noqa: PLC0415
    from explorer.ui.state.url_control import Control, MultiControl, lid, on_off  # noqa: PLC0415
    from explorer.ui.state.url_value import open_all  # noqa: PLC0415
    from explorer.ui.widgets.tab_bar import tab_bar  # noqa: PLC0415

    size = Control("size", "small", ("small", "large"), "Size")
    words = Control("words", "hello", (), "Words")
    lamp, more = on_off("lamp", "Lamp"), lid("more", "More")
    part = Control("part", "one", ("one", "two"))
    colours = MultiControl("colours", (), ("red", "green", "blue"), "Colours")
    with url.together():
        open_all(size, words, lamp, more, part, colours)
    name = tab_bar(part)
    if name == "one":
        size.segmented(labels={"large": "Very large"})
        lamp.toggle()
    else:
        words.text(width=200)
        colours.multiselect(width=200, placeholder="All")
        size.segmented(place="two")
    inside = more.expander()
    if inside:
        inside.write("inside the expander")
    st.text(" ".join(colours.value))
    st.write(f"{size.value} {words.value} {lamp.on} {name}")


def opened(**query: str | list[str]) -> AppTest:
    page = AppTest.from_function(script, default_timeout=30)
    page.query_params.update(query)
    return healthy(page.run())


def said(page: AppTest) -> str:
    return str(page.markdown[-1].value)


def test_defaults_leave_the_link_alone() -> None:
    page = opened()
    assert said(page) == "small hello False one"
    assert not page.query_params


def test_a_link_is_opened_whether_or_not_its_controls_are_drawn() -> None:
    page = opened(size="large", words="good bye", lamp="true", part="one")
    assert said(page) == "large good bye True one"
    assert link(page, "words") == "good bye"


def test_what_is_chosen_goes_into_the_link_and_stays_when_its_tab_closes() -> None:
    page = opened()
    healthy(page.segmented_control(key="size.widget").set_value("large").run())
    healthy(page.toggle(key="lamp.widget").set_value(True).run())
    page.session_state["held"]["link.chosen"]["part"] = "two"
    healthy(page.run())
    assert said(page) == "large hello True two"
    assert (link(page, "size"), link(page, "lamp"), link(page, "part")) == ("large", "true", "two")
    healthy(page.text_input(key="words.widget").input("again").run())
    assert link(page, "words") == "again"
    assert page.segmented_control(key="two.size").value == "large"


def test_the_default_leaves_the_link_again() -> None:
    page = opened(size="large")
    healthy(page.segmented_control(key="size.widget").set_value("small").run())
    assert "size" not in page.query_params


def test_nonsense_is_said_until_something_is_chosen() -> None:
    page = opened(size="<b>huge</b>", words="x" * 10_000, lamp="maybe")
    (warning,) = [each.value.replace("\\", "") for each in page.warning]
    assert "“Size” is '<b>huge</b>' in this link: it must be one of small, large; “small” is shown instead." in warning
    assert "it must be of at most 60 characters; “hello” is shown instead" in warning
    assert "“Lamp” is 'maybe'" in warning
    assert len(warning) < 500
    assert said(page) == "small hello False one"
    assert not page.query_params
    (again,) = [each.value.replace("\\", "") for each in healthy(page.run()).warning]
    assert again == warning
    healthy(page.toggle(key="lamp.widget").set_value(True).run())
    (fewer,) = [each.value.replace("\\", "") for each in page.warning]
    assert "“Lamp”" not in fewer
    assert "“Size” is" in fewer


def test_a_switch_can_be_typed_as_people_say_it() -> None:
    for typed in ("on", "1"):
        page = opened(lamp=typed)
        assert said(page) == "small hello True one" and link(page, "lamp") == "true" and not page.warning
    for typed in ("off", "0"):
        page = opened(lamp=typed)
        assert said(page) == "small hello False one" and not page.warning


def test_of_many_options_the_first_are_named() -> None:
    assert _named([str(number) for number in range(1_000)], 12).endswith("9, 10, 11 and 988 more")
    assert _named(["", "a", "b"], 2) == "a, b"


def test_an_expander_opens_from_the_link() -> None:
    assert not any(each.value == "inside the expander" for each in opened().markdown)
    assert any(each.value == "inside the expander" for each in opened(more="true").markdown)


def colours(page: AppTest) -> str:
    return str(page.text[0].value)


def test_several_options_stand_in_the_link_under_one_name() -> None:
    page = opened(colours=["blue", "red", "blue"])
    assert colours(page) == "blue red"
    assert list(page.query_params["colours"]) == ["blue", "red"]
    page.session_state["held"]["link.chosen"]["part"] = "two"
    healthy(page.run())
    assert page.multiselect(key="colours.widget").value == ["blue", "red"]
    healthy(page.multiselect(key="colours.widget").select("green").run())
    assert list(page.query_params["colours"]) == ["blue", "red", "green"]
    page.session_state["held"]["link.chosen"]["part"] = "one"  # the widget is not drawn, and its choices stay
    assert colours(healthy(page.run())) == "blue red green"
    assert list(page.query_params["colours"]) == ["blue", "red", "green"]


def test_no_option_leaves_the_link() -> None:
    page = opened(colours="green", part="two")
    assert colours(page) == "green"
    healthy(page.multiselect(key="colours.widget").unselect("green").run())
    assert not colours(page)
    assert "colours" not in page.query_params


def test_of_several_options_only_the_nonsense_is_left_out_and_said() -> None:
    page = opened(colours=["pink", "green", "x" * 10_000])
    (warning,) = [each.value.replace("\\", "") for each in page.warning]
    assert "“Colours” is 'pink' in this link: it must be one of red, green, blue; it is left out." in warning
    assert colours(page) == "green"
    assert link(page, "colours") == "green"


def test_no_two_controls_of_the_app_share_a_name_in_the_link() -> None:
    """One's choice would be nonsense to the other, as soon as a reader goes from page to page."""
    by_key = defaultdict(set)
    for module in pkgutil.walk_packages(explorer.ui.__path__, "explorer.ui."):
        for value in vars(import_module(module.name)).values():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, UrlValue):
                    by_key[each.key].add(each)
    assert len(by_key) > 100
    assert {key: found for key, found in by_key.items() if len(found) > 1} == {}
