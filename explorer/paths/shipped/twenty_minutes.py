"""ResNets in 20 minutes: ten beliefs about residual networks, each held against what this app measures."""

from explorer.network.arithmetic import analyze
from explorer.network.presets import preset
from explorer.paths.shipped.gradient_questions import gradient_question, story
from explorer.paths.values import Option, Path, Query, Question, Step
from explorer.weights.catalogue import EMBEDDED

RECORDED: Query = (("experiment", "Recorded runs"),)

TWENTY_MINUTES = Path(
    key="resnets-in-20-minutes",
    title="ResNets in 20 minutes",
    steps=(
        Step(
            "Deeper fits better?",
            "training",
            (*RECORDED, ("curves", "training accuracy")),
            Question(
                "A plain network of 20 layers gets 36 more. What happens to the accuracy on its own training pictures?",
                (
                    Option("It goes up", "up", "More layers can hold more, and yet training does not find it."),
                    Option("It stays the same", "same", "The extra layers could do nothing, and yet they do harm."),
                    Option("It goes down", "down", "The deeper network is no worse here."),
                ),
                truth="recorded.deeper_plain_training",
            ),
            "The end of the curves of plain-20 and plain-56: the same pictures, the same number of steps.",
            "He et al. 2015, figure 1, is this experiment with CIFAR-10. Let the class vote before it sees the curves.",
        ),
        Step(
            "Is that overfitting?",
            "training",
            (*RECORDED, ("curves", "test accuracy")),
            Question(
                "plain-56 is worse than plain-20 on test pictures, too. Is that overfitting?",
                (
                    Option(
                        "Yes",
                        "yes",
                        "An overfitted network is better on its training pictures than on new ones. This one is worse "
                        "on both.",
                    ),
                    Option("No", "no", "Here the deeper network fits its training pictures better."),
                ),
                truth="recorded.overfits",
            ),
            "Switch “What to look at” between training accuracy and test accuracy: who is ahead on each?",
            "Overfitting is a gap between training and test. A network that is worse on both is underfitted.",
            1,
        ),
        Step(
            "Could it copy the shallow one?",
            "training",
            (*RECORDED, ("copied", "true")),
            Question(
                "Could plain-56 do just what the trained plain-20 does, if somebody set its weights by hand?",
                (
                    Option("Yes", "yes", "It answers differently: see by how much."),
                    Option(
                        "No",
                        "no",
                        "It has all that plain-20 has and 36 layers more, and those can be set to hand on what they "
                        "get.",
                    ),
                ),
                truth="copies.deep_copies_shallow",
            ),
            "Under the curves: plain-56 made of plain-20's weights and blocks that do nothing.",
            "He et al. 2015, section 1: a solution by construction exists, and solvers do not find it.",
        ),
        Step(
            "Doing nothing",
            "ideas",
            (("lesson", "identity"), ("distance", "0")),
            Question(
                "A block shall hand on what it gets: x + F(x) = x. What has F to be?",
                (
                    Option("Zero: all its weights 0", "zero", "With these weights, zero is not what F has to be."),
                    Option(
                        "The identity",
                        "identity",
                        "Then x + F(x) were 2x. The identity is what the plain form has to learn.",
                    ),
                    Option("Small noise", "noise", "Close, and that is the point: small weights begin next to it."),
                ),
                truth="lessons.doing_nothing",
            ),
            "How far each form is from what it has to learn before the first step: the left end of the curves.",
            "Small initial weights and weight decay pull towards zero. In the plain form, zero lets nothing through.",
        ),
        Step(
            "What does a shortcut cost?",
            "compare",
            (("net1", "plain56"), ("net2", "resnet56")),
            Question(
                "Shortcuts of option A join plain-56. How many parameters do they add?",
                (
                    Option("0", "0", "They do add some: see which layers."),
                    Option("2,752", "2752", "That would be option B, with 1 × 1 convolutions where the shape changes."),
                    Option(
                        "As many again",
                        str(analyze(preset("plain56")).params),
                        "A shortcut is an addition, not a layer.",
                    ),
                ),
                truth="budgets.shortcuts_cost",
            ),
            "The row “Parameters”: both networks.",
            "So what follows is no matter of size. Option A subsamples and pads with zeros.",
            1,
        ),
        Step(
            "The race",
            "training",
            (("experiment", "Recorded runs"), ("recorded", "digits, 1,000 steps")),
            Question(
                "Four networks learn handwritten digits for 1,000 steps. Which ends with the highest training loss?",
                (
                    Option("plain-20", "plain-20", "The shallow plain network trains well."),
                    Option("plain-56", "plain-56", "It is not the worst of these runs."),
                    Option("residual-20", "residual-20", "Being shallow is no handicap here."),
                    Option("residual-56", "residual-56", "Depth alone does no harm: this one is as deep as plain-56."),
                ),
                truth="recorded.race_order",
            ),
            "Which curve stays apart from the other three, and what its network has that each of theirs has not.",
            "Run it live on the tab Race: 120 steps take a minute on a laptop. Each student can take another seed.",
        ),
        Step(
            "Vanishing gradients?",
            "gradients",
            story("batch_norm"),
            gradient_question(
                "plain-56 with batch norm, before any training. On its way from the last block to the stem, what does "
                "the gradient do?",
                "gradients.plain_with_batch_norm",
                "That is what is taught most often. With batch norm it is not so.",
                "It changes more than a hundredfold: look at the scale.",
                "Not here: it stays within a factor of a hundred.",
            ),
            "The direction in which the line without shortcuts leaves the other.",
            "He et al. 2015, section 4.1, say themselves that vanishing gradients are unlikely to be the cause.",
        ),
        Step(
            "And after some steps?",
            "gradients",
            story("healthy_and_worse"),
            gradient_question(
                "The same network takes 20 steps of SGD. What does its gradient do then?",
                "gradients.plain_after_some_steps",
                "Nothing is lost on the way, at no step.",
                "It is not within a factor of a hundred at the end.",
                "That was before the first steps: they settle it.",
            ),
            "The heat map from left to right, and then the two losses.",
            "The gradient is mended quickly, and the plain network is still behind: the gradient is not to blame.",
        ),
        Step(
            "Do skips suffice?",
            "gradients",
            story("he_without_norm"),
            gradient_question(
                "residual-56 without any batch norm, before training. What does its gradient do?",
                "gradients.residual_without_norm",
                "Skip connections do carry it. What else do they do, added up 27 times?",
                "Each addition adds the variance of its branch, and nothing takes it away.",
                "It stays within a factor of a hundred here.",
            ),
            "The line with shortcuts: each sum makes the signal a little larger.",
            "Fixup, SkipInit and ReZero are three ways to live without batch norm: see the other stories.",
        ),
        Step(
            "Is every layer needed?",
            "training",
            (("experiment", "Damage"),),
            Question(
                "One block of the trained residual-56 is cut out, and nothing is retrained. Of 100 test pictures, how "
                "many are right then, for a typical block?",
                (
                    Option("10, as by guessing", "10", "That happens to plain networks: see the bars beside."),
                    Option("50", "50", "A few blocks matter that much, a typical one does not."),
                    Option("92", "92", "It loses much more than that."),
                ),
                truth="recorded.one_cut",
            ),
            "The bars: which block matters most? Then click ten blocks and see how many survive that.",
            "Veit et al. 2016: a residual network behaves like many paths of different lengths, and a cut takes some.",
        ),
        Step(
            "Believe it?",
            "cam",
            (("sample", "china"), ("weights", EMBEDDED)),
            Question(
                "The small network has seen ten kinds of clothing. It is shown a palace and is very sure of its "
                "answer. Do you believe it?",
                (
                    Option("Yes", "yes", "A softmax has to choose one of its ten classes, whatever it is shown."),
                    Option("No", "no", "It has seen such pictures: its answer is worth looking at."),
                ),
                truth="maps.palace",
            ),
            "The headline, and the picture that the network really gets.",
            "The warning comes from the network's features, not from its probability, which is high.",
        ),
    ),
)
