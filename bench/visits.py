"""Every page, tab and lesson of the app, as the pages themselves list them, and the hello-world page beside each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.client import Visitor
from bench.hello import CHARTS, OTHERS
from bench.server import Server
from explorer.ui.cam.choices import VIEW as CAM_VIEW
from explorer.ui.compare.choices import TAB
from explorer.ui.gradients.choices import VIEW as GRADIENTS_VIEW
from explorer.ui.ideas.choices import LESSON
from explorer.ui.shell import PAGES, address_of
from explorer.ui.state.url_control import Control
from explorer.ui.training.choices import VIEW as TRAINING_VIEW

# The control whose options are a page's tabs or lessons; a page that is not here has one part.
PARTS: Mapping[str, Control] = {
    "compare": TAB,
    "gradients": GRADIENTS_VIEW,
    "training": TRAINING_VIEW,
    "cam": CAM_VIEW,
    "ideas": LESSON,
}


@dataclass(frozen=True)
class Visit:
    """One part of a page: ``page`` is the page's path, ``query`` what follows the question mark, ``name`` its words."""

    page: str
    name: str
    query: str = ""


def visits() -> list[Visit]:
    """Returns every page, tab and lesson, in the order of the navigation."""
    return [visit for file, title in PAGES for visit in _parts(address_of(file), title)]


def first_parts() -> list[Visit]:
    """Returns every page once, as its address without a state shows it."""
    return [Visit(address_of(file), title) for file, title in PAGES]


def _parts(page: str, title: str) -> Sequence[Visit]:
    control = PARTS.get(page)
    if control is None:
        return [Visit(page, title)]
    return [
        Visit(page, f"{title}, “{getattr(part, 'label', part)}”", urlencode({control.key: part}))
        for part in control.options
    ]


@dataclass(frozen=True)
class Counterpart:
    """A hello-world page with as many elements of every kind; kinds that it cannot draw are text.

    Its elements stand in no ``containers``, unless it is to have as many: rows, columns, tabs and expanders.
    """

    server: Server
    elements: Counter[str]
    containers: int = 0

    @property
    def query(self) -> str:
        """What follows the question mark in its address."""
        known: Counter[str] = Counter(container=self.containers)
        for kind, count in self.elements.items():
            known[kind if kind in CHARTS or kind in OTHERS else "markdown"] += count
        return urlencode(known)

    @property
    def words(self) -> str:
        """What it is called in a result."""
        return f"a hello-world page with as many elements ({self.elements.total()})"

    def check(self, page: Visitor) -> None:
        """Raises RuntimeError unless the visited page has as many elements, beside its title."""
        shown = page.counts().total()
        if shown < self.elements.total():
            raise RuntimeError(f"The hello-world page has {shown} elements, not {self.elements.total()}.")
