"""Words in figures are escaped, wrapped and told apart."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.figure_text import NAME, NARROW, escaped, inked, labels, wrapped_html
from explorer.charts.plotly_style import styled


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    shown = escaped(text)
    assert "<" not in shown and ">" not in shown
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_titles_are_wrapped_for_a_phone_and_escaped() -> None:
    title = "Parameters from <b>ResNet</b> & friends to Pre-activation ResNet-1001 (CIFAR), widths 1-2-3"
    lines = wrapped_html(title).split("<br>")
    assert all(len(line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) <= NARROW for line in lines)
    assert "<b>" not in wrapped_html(title) and len(lines) > 1
    figure = styled([], title, "", plot_height=100)
    assert figure.layout.title.text == inked(wrapped_html(title))


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="<>&"), max_size=60), min_size=1, max_size=4))
def test_labels_are_short_and_each_is_its_own(names: list[str]) -> None:
    shown = labels(names)
    assert len(shown) == len(names) == len(set(shown))
    assert all(len(label) <= NAME for label in shown)
