"""Settings of the Gradient-flow page that are worth looking at first, each with what to look for.

A story says only what to look at and where the claim comes from. What happens in it is measured each time
(``explorer.gradients.verdict``): nothing here knows the outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from explorer.gradients.conditions import BEFORE
from explorer.gradients.paired_networks import Contrast
from explorer.gradients.verdict import Verdict
from explorer.network.config import ResNetConfig
from explorer.network.options import Activation, Init, Norm, Order, ResidualScale
from explorer.network.presets import preset

_20, _56 = preset("resnet20"), preset("resnet56")
_PLAIN_20, _PLAIN_56 = preset("plain20"), preset("plain56")


def _classic(config: ResNetConfig) -> ResNetConfig:
    """What textbooks have in mind: a sigmoid, no normalisation, and the initialisation made for it."""
    return replace(config, activation=Activation.SIGMOID, norm=Norm.NONE, init=Init.XAVIER)


@dataclass(frozen=True, slots=True)
class Story:
    """One setting: the network, what it is compared with, and other choices of the page by their names in the link.

    ``claim`` is what people say, ``look_for`` where to look, ``source`` who said it. ``holds`` tells whether the claim
    is true of the verdicts on the two networks, the first with what the contrast is about; None where the claim says
    nothing about these.
    """

    key: str
    title: str
    config: ResNetConfig
    contrast: Contrast
    claim: str
    look_for: str
    source: str
    choices: Mapping[str, str] = field(default_factory=dict)
    holds: Callable[[Verdict, Verdict], bool] | None = None

    def answer(self, first: Verdict, second: Verdict) -> str:
        """Whether the claim holds for what was measured, in a sentence; empty where the claim says nothing about it."""
        if self.holds is None:
            return ""
        does = "holds" if self.holds(first, second) else "does not hold"
        return f"What people say {does} here {BEFORE}."

    @property
    def trains(self) -> bool:
        """Whether the story is about the first steps of training, which a setting of one's own has only on request."""
        return "sgd_steps" in self.choices


STORIES: tuple[Story, ...] = (
    Story(
        "sigmoid",
        "The classic: sigmoid",
        _classic(_20),
        Contrast.SKIPS,
        "A sigmoid's derivative is at most 0.25, so a deep network's gradient dies, and skip connections save it.",
        "How far each line falls towards the input, and whether the one with shortcuts stays up.",
        "Hochreiter 1991 for the cause; that shortcuts are the cure is what many textbooks add.",
        holds=lambda first, second: first is Verdict.HEALTHY and second is Verdict.VANISHES,
    ),
    Story(
        "small_init",
        "ReLU, small weights",
        replace(_PLAIN_20, norm=Norm.NONE, init=Init.TORCH),
        Contrast.SKIPS,
        "ReLU ends the vanishing gradient.",
        "The line without shortcuts: ReLU's derivative is 1 or 0, but the weights of PyTorch's default are small.",
        "He et al. 2015b (arXiv:1502.01852), section 2.2, on what the initial weights have to be.",
        holds=lambda _, second: second is not Verdict.VANISHES,
    ),
    Story(
        "batch_norm",
        "Batch norm, no shortcuts",
        _PLAIN_56,
        Contrast.SKIPS,
        "Without skip connections the gradient of a deep network vanishes.",
        "In which direction the line without shortcuts leaves the other.",
        "Yang et al. 2019 (arXiv:1902.08129): before any training, batch norm makes gradients of plain networks grow "
        "with depth.",
        holds=lambda _, second: second is Verdict.VANISHES,
    ),
    Story(
        "pre_activation",
        "Pre-activation",
        _classic(replace(_56, order=Order.PRE)),
        Contrast.ORDER,
        "A skip connection carries the gradient past any activation.",
        "Two networks with the same shortcuts: in one of them each sum goes through a sigmoid.",
        "He et al. 2016 (arXiv:1603.05027), section 4: why the activation should not stand after the sum.",
        holds=lambda *both: Verdict.VANISHES not in both,
    ),
    Story(
        "zero_init",
        "Zero-init residual",
        replace(_56, zero_init_residual=True),
        Contrast.ZERO_INIT,
        "A block can start as the identity.",
        "What comes down each branch before the first step, and what comes down the shortcut.",
        "Goyal et al. 2017 (arXiv:1706.02677), section 5.1.",
        {"view": "At each add"},
    ),
    Story(
        "he_without_norm",
        "He init, no norm",
        replace(_56, norm=Norm.NONE),
        Contrast.SKIPS,
        "Skip connections keep gradients healthy.",
        "Which of the two needs the batch norm that is missing here: each sum adds the variance of its branch.",
        "Zhang et al. 2019 (arXiv:1901.09321, Fixup): what residual networks do without normalisation.",
        holds=lambda first, _: first is Verdict.HEALTHY,
    ),
    Story(
        "learned_scale",
        "No norm, a learned scale",
        replace(_56, norm=Norm.NONE, residual_scale=ResidualScale.LEARNED),
        Contrast.LEARNED_SCALE,
        "A deep residual network needs normalisation.",
        "Two networks without any norm: in one of them a scalar multiplies each branch and starts at 0.",
        "De and Smith 2020 (arXiv:2002.10444, SkipInit); Bachlechner et al. 2020 (arXiv:2003.04887, ReZero).",
        holds=lambda first, _: first is not Verdict.HEALTHY,
    ),
    Story(
        "healthy_and_worse",
        "Is the gradient to blame?",
        _PLAIN_56,
        Contrast.SKIPS,
        "If plain networks train worse, their gradients must vanish.",
        "The norms after some steps, and the losses beside them. He et al. write of their plain networks: “neither "
        "forward nor backward signals vanish”.",
        "He et al. 2015 (arXiv:1512.03385), section 4.1.",
        {"view": "First steps", "input": "digits", "sgd_steps": "20", "rate": "0.02"},
    ),
)


def story_of(config: ResNetConfig, contrast: Contrast, choices: Mapping[str, str]) -> Story | None:
    """The story whose setting this is, if it is one's: same network, same contrast, and what the story chooses.

    Where several fit, the one that chooses most.
    """
    fitting = [
        story
        for story in STORIES
        if (story.config, story.contrast) == (config, contrast)
        and all(choices.get(name) == value for name, value in story.choices.items())
    ]
    return max(fitting, key=lambda story: len(story.choices), default=None)
