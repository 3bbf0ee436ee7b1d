"""What batch norm does: to gradients before and after the first steps, and to a batch that is not mixed."""

from dataclasses import replace

from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.network.options import Norm
from explorer.network.presets import preset
from explorer.paths.shipped.gradient_questions import gradient_question, story
from explorer.paths.values import Option, Path, Query, Question, Step


def without_norm(config: ResNetConfig) -> Query:
    """The link of a network without norm on the Gradient-flow page, beside the same one with batch norm."""
    return (("flow", to_url(replace(config, norm=Norm.NONE))), ("contrast", "norm"))


BATCH_NORM = Path(
    key="what-batch-norm-does",
    title="What batch norm does",
    steps=(
        Step(
            "With batch norm",
            "gradients",
            story("batch_norm"),
            gradient_question(
                "plain-56 has batch norm behind every convolution, and no shortcuts. Before any training, what does "
                "the gradient do on its way to the stem?",
                "gradients.plain_with_batch_norm",
                "Look at the direction of the line: the stem gets more than the last block, not less.",
                "Batch norm tames the signal on its way forward. The way back is another matter.",
                "It stays within a factor of a hundred here.",
            ),
            "The line without shortcuts, and the factor for each convolution in “What happened”.",
            "Yang et al. 2019: at initialisation batch norm itself makes gradients grow with depth.",
        ),
        Step(
            "Does it stay so?",
            "gradients",
            story("healthy_and_worse"),
            gradient_question(
                "The same network takes 20 steps of SGD. What does its gradient do then?",
                "gradients.plain_after_some_steps",
                "The steps calm it: they take nothing away.",
                "At the end it is not within a factor of a hundred.",
                "That is how it began. The first steps change the weights, and the weights decide.",
            ),
            "The first column of the heat map, and the last.",
            "He et al. 2015, section 4.1, found healthy gradients in their plain networks: ask when one has to look.",
        ),
        Step(
            "Without any norm",
            "gradients",
            without_norm(preset("plain56")),
            gradient_question(
                "plain-56 loses its batch norm, and starts with He's initial weights. What does its gradient do?",
                "gradients.plain_without_norm",
                "He's initial weights are made so that neither signal nor gradient fades.",
                "He's initial weights are right on average only, and here that is not enough.",
                "There is nothing left that divides by a small deviation.",
            ),
            "Both lines: which of the two networks has the trouble?",
            "A healthy gradient at the start is not all that training needs: try the tab “First steps”, too.",
        ),
        Step(
            "Without norm, small weights",
            "gradients",
            story("small_init"),
            gradient_question(
                "plain-20 without norm starts with PyTorch's default weights, which are smaller. What does its "
                "gradient do?",
                "gradients.plain_with_small_weights",
                "The weights are not small enough for that here.",
                "Each layer multiplies by a little less than one, and there are many layers.",
                "Small weights make it smaller, not larger.",
            ),
            "The line without shortcuts. Then look at h, the signal on its way forward.",
            "With batch norm the scale of the weights does not matter: this is what norms were made for.",
        ),
        Step(
            "Shortcuts instead of norms?",
            "gradients",
            without_norm(preset("resnet56")),
            gradient_question(
                "residual-56 without any norm, with He's initial weights. What does its gradient do?",
                "gradients.residual_with_and_without_norm",
                "Shortcuts hand the gradient on, whatever the branches do.",
                "Each sum adds the variance of its branch to that of the shortcut, and nothing takes it away.",
                "The sums do not add up that much here.",
            ),
            "The line with batch norm and that without: in which kind of network does the norm help?",
            "Two steps ago the same was taken from a plain network. What does a norm do in each of the two?",
        ),
        Step(
            "A scale instead of a norm",
            "gradients",
            story("learned_scale"),
            gradient_question(
                "residual-56 without norm, but a learned number multiplies each branch and starts at 0. What does the "
                "gradient do?",
                "gradients.learned_scale",
                "A branch times 0 lets nothing through. Its shortcut lets everything through.",
                "At the start it is not healthy here: look where the two lines part.",
                "With branches that start at 0 there is nothing to add up.",
            ),
            "The line of the learned scale. Then the tab “At each add”: what comes down the branches?",
            "SkipInit, ReZero and Fixup train deep residual networks without norm. So a norm is one way, not the way.",
        ),
        Step(
            "Train or eval?",
            "training",
            (("experiment", "Train or eval?"), ("modes_batch", "32")),
            Question(
                "In training mode a norm uses the statistics of its batch. All pictures in a batch are of one class: "
                "are its statistics like those of a mixed batch?",
                (
                    Option("Yes: the norm only rescales", "alike", "It subtracts what the batch has in common."),
                    Option("No: it is another crowd", "other", "Here the two hardly differ."),
                ),
                truth="modes.one_class",
            ),
            "The two charts below “What the norms see”. The curves above take half a minute: how many pictures are "
            "right in sorted batches?",
            "One picture alone is such a batch, too: net.eval() before you predict, shuffled batches while you train.",
            3,
        ),
    ),
)
