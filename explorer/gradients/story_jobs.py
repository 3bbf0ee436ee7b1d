"""What the stories of the Gradient-flow page measure, as the requests with which the page asks for it."""

from collections.abc import Sequence

from explorer.gradients import page_jobs
from explorer.gradients.page_jobs import Question
from explorer.gradients.paired_networks import pair
from explorer.gradients.stories import STORIES, Story
from explorer.gradients.values import InputSource
from explorer.jobs.idle import Request


def story_requests(device: str, stories: Sequence[Story] = STORIES) -> tuple[Request, ...]:
    """Returns the stories' requests on ``device``, in their order; first what each opens with."""
    return tuple(request for story in stories for request in _requests(story, device))


def _requests(story: Story, device: str) -> tuple[Request, ...]:
    source = InputSource(story.choices.get("input", InputSource.NOISE))
    question = Question(pair(story.config, story.contrast), source=source)
    flow = Request(page_jobs.study, (question, device), device, {"picture": None})
    if not story.trains:
        return (flow,)
    how = {"steps": int(story.choices["sgd_steps"]), "learning_rate": float(story.choices["rate"]), "picture": None}
    return Request(page_jobs.study_steps, (question, device), device, how), flow
