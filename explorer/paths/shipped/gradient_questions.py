"""What several paths ask of the Gradient-flow page."""

from explorer.gradients.stories import STORIES
from explorer.network.links import to_url
from explorer.paths.values import Option, Query, Question


def story(key: str) -> Query:
    """The link of a story on the Gradient-flow page."""
    found = next(each for each in STORIES if each.key == key)
    return (("flow", to_url(found.config)), ("contrast", str(found.contrast)), *found.choices.items())


def gradient_question(text: str, truth: str, vanishes: str, healthy: str, explodes: str) -> Question:
    """A question about a gradient, with a sentence for those who expect each of the three outcomes in vain."""
    return Question(
        text,
        (
            Option("It vanishes", "VANISHES", vanishes),
            Option("It is healthy", "HEALTHY", healthy),
            Option("It explodes", "EXPLODES", explodes),
        ),
        truth=truth,
    )
