"""Made-up outcomes of damage, for sentences and charts."""

from dataclasses import replace

from hypothesis import strategies as st

from explorer import ResNetConfig, preset
from explorer.training.damage.cuts import Damage, can_be_cut
from explorer.training.damage.outcome import NO_CLASS, Band, DamageCurve, Lesion

RESIDUAL = replace(preset("resnet20"), in_channels=1, image_size=28)
PLAIN = replace(preset("plain20"), in_channels=1, image_size=28)


@st.composite
def single_cuts(draw: st.DrawFn, config: ResNetConfig | None = None) -> tuple[Lesion, ...]:
    """All single cuts of a network, with any answers."""
    config = config or draw(st.sampled_from((RESIDUAL, PLAIN)))
    count = draw(st.integers(1, 30))
    classes = st.integers(0, config.num_classes - 1)
    labels = tuple(draw(st.lists(classes, min_size=count, max_size=count)))
    answers = st.lists(classes | st.just(NO_CLASS), min_size=count, max_size=count)
    before = draw(st.sampled_from([labels, None])) or tuple(draw(answers))
    shown = [labels, before, (0,) * count, tuple(draw(answers)), tuple(draw(answers))]
    again = draw(st.booleans())
    return tuple(
        Lesion(config, Damage((block,)), again, labels, before, draw(st.sampled_from(shown)))
        for block in can_be_cut(config)
    )


def lesion(
    labels: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...], cuts: tuple[str, ...] = ("layer1.0",)
) -> Lesion:
    return Lesion(RESIDUAL, Damage(cuts), False, labels, before, after)


def with_right(block: str, right: int, config: ResNetConfig = RESIDUAL, *, fresh: bool = False) -> Lesion:
    """A cut after which so many of 1,000 pictures are right; 900 were before."""
    labels = tuple(number % 10 for number in range(1000))
    other = tuple((label + 1) % 10 for label in labels)
    before, after = (labels[:count] + other[count:] for count in (900, right))
    return Lesion(config, Damage((block,)), fresh, labels, before, after)


@st.composite
def damage_curves(draw: st.DrawFn, shuffled: bool) -> DamageCurve:
    """A curve with any bands, in the order of their places."""
    config = draw(st.sampled_from((RESIDUAL, PLAIN)))
    seeds = tuple(range(draw(st.integers(1, 4))))
    place = st.floats(-1, 1) if shuffled else st.integers(1, len(can_be_cut(config))).map(float)
    places = sorted(draw(st.lists(place, min_size=1, max_size=6, unique=True)))
    share = st.floats(0, 1)
    accuracies = st.lists(share, min_size=len(seeds), max_size=len(seeds)).map(tuple)
    bands = tuple(Band(each, draw(accuracies)) for each in places)
    return DamageCurve(config, draw(st.booleans()), draw(share), 250, seeds, bands)
