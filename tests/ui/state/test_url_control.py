"""Controls: their value is in the session and in the link whether or not they are drawn; nonsense is said."""

from streamlit.testing.v1 import AppTest

from tests.pages.test_architecture import healthy, link


def script() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from explorer.ui.state import url  # noqa: PLC0415
    from explorer.ui.state.url_control import Control, open_all, switch  # noqa: PLC0415

    size = Control("size", "small", ("small", "large"), "Size")
    words = Control("words", "hello", (), "Words")
    lamp, lid = switch("lamp", "Lamp"), switch("lid", "Lid")
    part = Control("part", "one", ("one", "two"))
    with url.together():
        open_all(size, words, lamp, lid, part)
    name, container = part.tabs()
    with container:
        if name == "one":
            size.segmented(labels={"large": "Very large"})
            lamp.toggle()
        else:
            words.text(width=200)
            size.segmented(place="two")
    inside = lid.lid()
    if inside:
        inside.write("inside the lid")
    st.write(f"{size.value} {words.value} {lamp.on} {name}")


def opened(**query: str) -> AppTest:
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
    page.session_state["part"] = "two"
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
    assert "size is '<b>huge</b>' in this link: it must be one of small, large; “small” is shown instead." in warning
    assert "it must be of at most 60 characters; “hello” is shown instead" in warning
    assert "lamp is 'maybe'" in warning
    assert len(warning) < 500
    assert said(page) == "small hello False one"
    assert not page.query_params
    (again,) = [each.value.replace("\\", "") for each in healthy(page.run()).warning]
    assert again == warning
    healthy(page.toggle(key="lamp.widget").set_value(True).run())
    (fewer,) = [each.value.replace("\\", "") for each in page.warning]
    assert "lamp" not in fewer
    assert "size is" in fewer


def test_a_lid_opens_from_the_link() -> None:
    assert not any(each.value == "inside the lid" for each in opened().markdown)
    assert any(each.value == "inside the lid" for each in opened(lid="true").markdown)
