"""The likeliest classes as bars to click, and a list of all classes."""

from collections.abc import Sequence

from explorer.cam.map_description import guess_sentence
from explorer.cam.results import Look
from explorer.charts.cam.guesses import Guesses, class_of, guesses_alt_text, guesses_chart
from explorer.ui.cam.cam_setup import CamSetup
from explorer.ui.cam.choices import AGAINST, CLASS
from explorer.ui.cam.prepared_picture import digest_of
from explorer.ui.state.markdown import readable
from explorer.ui.widgets.chart import chart


def show_guesses(looks: Sequence[tuple[CamSetup, Look]]) -> None:
    """Draw the five likeliest classes of each network, and below them the list of all classes.

    A click on a bar chooses the class that the map is made for.
    """
    setup, first = looks[0]
    shown = tuple(Guesses(asked.network.title, look.likeliest(asked.network.classes)) for asked, look in looks)
    marked = {"chosen": first.target, "against": first.against}
    chart(
        setup.drawn((shown, marked), lambda: guesses_chart(shown, **marked)),
        key="cam_guesses",
        alt=guesses_alt_text(shown, **marked),
        filename=f"{setup.file_name}-classes",
        on_pick=lambda picked: _choose(str(class_of(picked))),
    )
    choose_class(setup)


def said_of(setup: CamSetup, look: Look) -> str:
    """Returns the page's headline: what the network says is in the picture, or why not to trust it."""
    network = setup.network
    unknown = network.knows if look.is_strange else ""
    return setup.kept(
        ("said", network.title, digest_of(look.logits.tobytes()), unknown),
        lambda: readable(guess_sentence(network.title, look.likeliest(network.classes), unknown)),
    )


def choose_class(setup: CamSetup) -> None:
    """Draw the list of all classes, which can be searched."""
    names = {str(index): f"{name} ({index})" for index, name in enumerate(setup.network.classes)}
    CLASS.select(("", *names), labels={"": "the likeliest class", **names}, then=lambda: _choose(CLASS.value))


def _choose(index: str) -> None:
    """Make the map for this class; the class it was contrasted with is reset, for it might be the same."""
    CLASS.put(index)
    AGAINST.put(AGAINST.default)
