"""The stories: each one setting of the page, told apart from the others, that a link can hold."""

from itertools import combinations

import pytest

from explorer import analyze, from_url, to_url
from explorer.gradients.paired_networks import Contrast, has, refusal
from explorer.gradients.stories import STORIES, Story, story_of
from explorer.ui.gradients.choices import ALL, CONTRAST


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_storys_setting_is_its_own(story: Story) -> None:
    defaults = {control.key: control.default for control in ALL}
    assert story_of(story.config, story.contrast, {**defaults, **story.choices}) is story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_is_a_link(story: Story) -> None:
    assert from_url(to_url(story.config)) == story.config
    assert analyze(story.config).depth <= 56
    assert not refusal(story.config, story.contrast)
    controls = {control.key: control for control in ALL}
    for name, value in story.choices.items():
        assert not controls[name].options or value in controls[name].options
        assert value != controls[name].default


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_says_what_to_look_for_and_who_said_it(story: Story) -> None:
    for words in (story.claim, story.look_for, story.source):
        assert words.endswith((".", "”."))
        assert len(words) < 260
    assert "10⁻" not in story.look_for  # numbers are measured, never told


def test_keys_and_titles_are_different() -> None:
    for one, other in combinations(STORIES, 2):
        assert one.key != other.key
        assert one.title != other.title


def test_any_other_setting_has_no_story() -> None:
    story = STORIES[0]
    assert story_of(story.config, Contrast.NORM, {}) is None
    assert story_of(from_url("resnet50"), Contrast.SKIPS, {}) is None
    assert CONTRAST.default == story.contrast


def test_what_the_issue_asks_for_is_there() -> None:
    """Sigmoid without norm, small init, batch norm, pre-activation, zero-init, He without norm, healthy and worse."""
    fields = {story.key: story.config for story in STORIES}
    assert fields["sigmoid"].activation == "sigmoid" and fields["sigmoid"].norm == "none"
    assert fields["small_init"].init == "torch" and fields["small_init"].is_plain
    assert fields["batch_norm"].norm == "batch" and fields["batch_norm"].is_plain
    assert fields["zero_init"].zero_init_residual
    assert fields["he_without_norm"].init == "he_fan_out" and fields["he_without_norm"].norm == "none"
    pre = next(story for story in STORIES if story.key == "pre_activation")
    assert has(pre.config, Contrast.ORDER) and pre.contrast is Contrast.ORDER and pre.config.activation == "sigmoid"
    (quoting,) = [story for story in STORIES if "neither forward nor backward signals vanish" in story.look_for]
    assert quoting.key == "healthy_and_worse"
