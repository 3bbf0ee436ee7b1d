"""May I believe a map? Where a network looks, what its map depends on, and what no map can say."""

from explorer.paths.truths.pictures import BAG, BOOT, OTHER_BOOT, OTHER_CLASS, PALACE
from explorer.paths.values import Option, Path, Query, Question, Step
from explorer.weights.catalogue import EMBEDDED, embedded


def picture(sample: str) -> Query:
    """The link of a sample picture before the small network."""
    return (("weights", EMBEDDED), ("sample", sample))


def tested(sample: str) -> Query:
    """The link of the three tests of its map."""
    return (*picture(sample), ("look", "Believe it?"), ("at_once", "true"))


BELIEVE_A_MAP = Path(
    key="may-i-believe-a-map",
    title="May I believe a map?",
    steps=(
        Step(
            "Where does it look?",
            "cam",
            picture(BOOT),
            Question(
                "Grad-CAM marks where a network finds the evidence for its answer. In a picture of an ankle boot, how "
                "much of that lies on the boot itself?",
                (
                    Option("A third", "33", "It is another part: see the percentages."),
                    Option("Two thirds", "67", "The map has few cells, and each reaches over the boot's edge."),
                    Option(
                        "All of it", "100", "A map is no outline: its cells are coarse, and the ground speaks, too."
                    ),
                ),
                truth="maps.on_the_boot",
            ),
            "“What you see”: beside the share, what the boot's area would get by chance.",
            "The last block's map has few cells, stretched over the picture. Move “Seen from” to earlier blocks.",
        ),
        Step(
            "Ask for another class",
            "cam",
            (*picture(BOOT), ("class", str(embedded().classes.index(OTHER_CLASS)))),
            Question(
                f"The same boot, but now we ask for the evidence for “{OTHER_CLASS}”. What does the map show?",
                (
                    Option(
                        "Nothing: it is no sneaker", "nowhere", "A map is scaled to its own maximum, however small."
                    ),
                    Option("More on the boot than by chance", "on", "The boot gets no more than its area would."),
                    Option("No more on the boot than by chance", "beside", "The boot gets more than its area would."),
                ),
                truth="maps.other_class",
            ),
            "The probability of this class, and how bright its map is all the same.",
            "There is a map for every class. It says where, never how much: read the probability beside it.",
            1,
        ),
        Step(
            "Delete the evidence",
            "cam",
            tested(BOOT),
            Question(
                "We delete pixels, those first that the map of the boot calls hottest. Does the class go sooner than "
                "in every random order?",
                (
                    Option("Yes", "yes", "Here random maps do as well: the hot pixels are not what it relies on."),
                    Option("No, all pixels matter alike", "no", "Its hottest pixels matter more than others."),
                ),
                truth="maps.deleted_first",
            ),
            "The two curves: the map's against the band of random maps.",
            "Petsiuk et al. 2018. Pictures with deleted pixels are pictures that the network never saw.",
        ),
        Step(
            "Take away what it has learnt",
            "cam",
            tested(BAG),
            Question(
                "A picture of a bag. All weights of the network are made random, so that it knows nothing. What "
                "becomes of its map?",
                (
                    Option("It changes", "changes", "It stays similar: so it shows the picture, not what was learnt."),
                    Option("It stays similar", "stays", "Here the map depends on what the network has learnt."),
                ),
                truth="maps.random_weights",
            ),
            "The row of maps, from the trained network to the random one. Then choose other pictures.",
            "Adebayo et al. 2018. The threshold stands on the page: it is a choice, and some pictures lie close to it.",
        ),
        Step(
            "Does it make the answer right?",
            "cam",
            tested(OTHER_BOOT),
            Question(
                "Another ankle boot. Does its map pass the three tests, and is the network's answer right?",
                (
                    Option("It passes, and the answer is right", "right", "Tests of a map do not test the answer."),
                    Option("It passes, and the answer is wrong", "wrong", "See the headline, and the verdict below."),
                    Option("It does not pass", "fails", "It does: the network relies on what the map marks."),
                ),
                truth="maps.passes_and_is_right",
            ),
            "The headline, what the picture shows, and the verdict.",
            "A faithful map shows what the network relied on, also where it is mistaken. That is what it is good for.",
        ),
        Step(
            "The palace",
            "cam",
            tested(PALACE),
            Question(
                "The network knows ten kinds of clothing and sees a palace. What do the tests say of its map?",
                (
                    Option("Trust the region", "PASSED", "Not all tests are passed."),
                    Option("The tests disagree", "MIXED", "They agree: see the lines below the verdict."),
                    Option(
                        "Do not trust it", "FAILED", "It is not that bad: some of the region matters to the network."
                    ),
                ),
                truth="maps.map_of_the_palace",
            ),
            "The end of the verdict: what does even a good map not mend?",
            "May one believe a map? Ask three things: is the picture of a known kind, does the map pass, is it coarse?",
            1,
        ),
    ),
)
