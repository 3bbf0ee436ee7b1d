"""Truths of the stories on the Gradient-flow page, measured with the page's own requests."""

from dataclasses import replace

from explorer.gradients.conditions import shared_condition
from explorer.gradients.page_jobs import Question, study
from explorer.gradients.paired_networks import Contrast, names, pair
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.stories import STORIES, Story
from explorer.gradients.story_jobs import story_requests
from explorer.gradients.trend_values import FirstSteps
from explorer.gradients.trend_verdicts import told
from explorer.gradients.verdict import conclusion, finding, verdict_of
from explorer.jobs.idle import Request
from explorer.network.config import ResNetConfig
from explorer.network.options import Norm
from explorer.network.presets import preset
from explorer.paths.answers import Measured, Truth

WITH, WITHOUT = 0, 1  # the network that has what the story's contrast is about, and the one that has not


def plain_with_batch_norm(device: str) -> Measured:
    """What happens to plain-56's gradient before training, with batch norm."""
    return _flow("batch_norm", WITHOUT, device)


def residual_without_norm(device: str) -> Measured:
    """The same for residual-56 without any norm."""
    return _flow("he_without_norm", WITH, device)


def plain_with_small_weights(device: str) -> Measured:
    """The same for plain-20 without norm, with PyTorch's default initial weights."""
    return _flow("small_init", WITHOUT, device)


def plain_without_norm(device: str) -> Measured:
    """The same for plain-56 without norm, with He's initial weights, beside the one with batch norm."""
    return _norm_taken_away(replace(preset("plain56"), norm=Norm.NONE), device)


def residual_with_and_without_norm(device: str) -> Measured:
    """The same for residual-56 without any norm, beside the one with batch norm."""
    return _norm_taken_away(replace(preset("resnet56"), norm=Norm.NONE), device)


def learned_scale(device: str) -> Measured:
    """The same for residual-56 without norm whose branches are scaled by a scalar that starts at 0."""
    return _flow("learned_scale", WITH, device)


def plain_after_some_steps(device: str) -> Measured:
    """What plain-56's gradient does after the first steps of SGD, with batch norm."""
    story = _story("healthy_and_worse")

    def read(runs: tuple[FirstSteps, ...]) -> Truth:
        last = verdict_of(runs[WITHOUT].flows[-1])
        return Truth(last.name, told(runs, names(story.config, story.contrast)))

    request = next(each for each in _requests(story, device) if each.function is not study)
    return Measured(request, read)


def _flow(key: str, which: int, device: str) -> Measured:
    story = _story(key)

    def read(bands: tuple[FlowBand, ...]) -> Truth:
        found = finding(bands[which], names(story.config, story.contrast)[which])
        return Truth(found.verdict.name, (found.sentence,))

    return Measured(next(each for each in _requests(story, device) if each.function is study), read)


def _norm_taken_away(config: ResNetConfig, device: str) -> Measured:
    """What happens in ``config``, which has no norm; and what the norm of its counterpart does, as the page says it."""
    contrast = Contrast.NORM
    two, called = pair(config, contrast), names(config, contrast)
    question = Question(two)

    def read(bands: tuple[FlowBand, ...]) -> Truth:
        found = [finding(band, name) for band, name in zip(bands, called, strict=True)]
        where = shared_condition(*two, question.source)
        said = conclusion(found[WITH].verdict, found[WITHOUT].verdict, contrast.change, where)
        return Truth(found[WITHOUT].verdict.name, (*(each.sentence for each in found), said))

    return Measured(Request(study, (question, device), device, {"picture": None}), read)


def _story(key: str) -> Story:
    return next(story for story in STORIES if story.key == key)


def _requests(story: Story, device: str) -> tuple[Request, ...]:
    return story_requests(device, (story,))
