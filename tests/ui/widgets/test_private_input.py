"""What the reader brings along survives a change of page, and goes when the reader says so."""

from streamlit.testing.v1 import AppTest

from tests.pages.helpers import healthy


def script() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from explorer.ui.widgets.private_input import choose_file, paste_text  # noqa: PLC0415

    if st.toggle("another page", key="away"):
        return
    data = choose_file("A file", ["safetensors"], key="mine", forget="my file")
    text = paste_text("A text", key="mine", height=90, placeholder="…")
    st.write(f"{len(data)} bytes, {text or 'no text'}")


def opened() -> AppTest:
    return healthy(AppTest.from_function(script, default_timeout=30).run())


def said(page: AppTest) -> str:
    return str(page.markdown[-1].value)


def leave_and_come_back(page: AppTest) -> None:
    healthy(page.toggle(key="away").set_value(True).run())
    healthy(page.toggle(key="away").set_value(False).run())


def test_nothing_is_there_at_first() -> None:
    page = opened()
    assert said(page) == "0 bytes, no text"
    assert not page.button


def test_a_file_survives_a_change_of_page_until_it_is_forgotten() -> None:
    page = opened()
    healthy(page.file_uploader(key="mine.upload").set_value(("mine.safetensors", bytes(7), "")).run())
    assert said(page) == "7 bytes, no text"
    assert not page.button  # the field itself shows the file, and can drop it
    leave_and_come_back(page)
    assert said(page) == "7 bytes, no text"
    (forget,) = page.button
    assert forget.label == "Forget my file"
    healthy(forget.click().run())
    assert said(page) == "0 bytes, no text"


def test_a_text_survives_a_change_of_page() -> None:
    page = opened()
    healthy(page.text_area(key="mine.widget").input("hello").run())
    leave_and_come_back(page)
    assert said(page) == "0 bytes, hello"
    assert page.text_area(key="mine.widget").value == "hello"
