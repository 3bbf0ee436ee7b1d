"""Published numbers against torchvision's own metadata and against the tables they are said to come from."""

import re
from dataclasses import replace

import pytest
import torchvision
from hypothesis import given

from explorer import ResNetConfig, preset
from explorer.compare.published_accuracy import PUBLISHED, Published, published, published_gains
from explorer.network.presets import PRESETS, canonical
from tests.network.strategies import configs

EVERY = [(name, entry) for name, entries in PUBLISHED.items() for entry in entries]


def number(entry: Published) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) %", entry.value)
    assert found, entry.value
    return float(found[1])


def test_only_presets_have_published_numbers() -> None:
    assert PUBLISHED.keys() <= PRESETS.keys()
    for name, entries in PUBLISHED.items():
        assert published(preset(name)) == entries != ()


@pytest.mark.parametrize(
    "name", [name for name in torchvision.models.list_models(torchvision.models) if "resne" in name]
)
def test_torchvisions_numbers_are_its_own_metadata(name: str) -> None:
    """Every one of its weights is here, once, and nothing else is called torchvision's."""
    weights = torchvision.models.get_model_weights(name)
    here = {entry.source: entry for entry in PUBLISHED[name] if "torchvision" in entry.source}
    assert here.keys() == {f"torchvision, {member}" for member in weights}
    for member in weights:
        entry, crop = here[f"torchvision, {member}"], member.transforms()
        assert number(entry) == member.meta["_metrics"]["ImageNet-1K"]["acc@1"]
        assert entry.what == "ImageNet top-1"
        assert f"{crop.crop_size[0]} px centre crop of a {crop.resize_size[0]} px image" in entry.note
        assert entry.url.endswith(f"torchvision.models.{name}.html")


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("He et al. 2015, Table 2", {"plain18": [27.94], "plain34": [28.54]}),
        (
            "He et al. 2015, Table 3",
            {"resnet34": [24.52], "resnet50_v1": [22.85], "resnet101_v1": [21.75], "resnet152_v1": [21.43]},
        ),
        (
            "He et al. 2015, Table 6",
            {
                "resnet20": [8.75],
                "resnet32": [7.51],
                "resnet44": [7.17],
                "resnet56": [6.97],
                "resnet110": [6.43],
                "resnet1202": [7.93],
            },
        ),
        ("He et al. 2016, Table 3", {"preact_resnet110": [6.37], "preact_resnet164": [5.46]}),
        ("He et al. 2016, Table 4", {"preact_resnet1001": [4.92, 4.62]}),
        ("He et al. 2018, Table 5", {"resnet50d": [77.16]}),
        (
            "KaimingHe/deep-residual-networks, README",
            {"resnet50_v1": [24.7], "resnet101_v1": [23.6], "resnet152_v1": [23.0]},
        ),
        (
            "kuangliu/pytorch-cifar, README",
            {"kuangliu_resnet18": [93.02], "kuangliu_resnet50": [93.62], "kuangliu_resnet101": [93.75]},
        ),
        ("Keras Applications, table of models", {"keras_resnet50": [74.9]}),
        ("szagoruyko/wide-residual-networks, README", {"wrn28_10": [4.0]}),
        ("Wightman et al. 2021, abstract", {"resnet50": [80.4]}),
    ],
)
def test_each_source_says_exactly_this(source: str, numbers: dict[str, list[float]]) -> None:
    found: dict[str, list[float]] = {}
    for name, entry in EVERY:
        if entry.source == source:
            found.setdefault(name, []).append(number(entry))
    assert found == numbers


def test_every_source_is_held_against_something() -> None:
    """What the two tests above do not know of has no place here."""
    known = ("torchvision, ", "He et al. 201", "KaimingHe/", "kuangliu/", "Keras ", "szagoruyko/", "Wightman ")
    assert all(entry.source.startswith(known) for _, entry in EVERY)


@pytest.mark.parametrize(("name", "entry"), EVERY)
def test_an_entry_is_whole_and_of_its_family(name: str, entry: Published) -> None:
    assert entry.note
    assert re.fullmatch(r"https://[\w.]+/[\w./-]+", entry.url)
    dataset = "ImageNet" if PRESETS[name].num_classes == 1000 else "CIFAR-10"
    assert entry.what.startswith(dataset)
    # Everything here beats a coin by far: an error is small and an accuracy large, whichever it says it is.
    assert number(entry) < 30 if entry.what.endswith("error") else number(entry) > 65


@pytest.mark.parametrize(("name", "entry"), EVERY)
def test_every_result_can_be_read_as_one_measure(name: str, entry: Published) -> None:
    """An error of one source and an accuracy of another stand in one row, and the note says which was printed."""
    dataset = "ImageNet top-1" if PRESETS[name].num_classes == 1000 else "CIFAR-10"
    assert entry.measure == f"{dataset} accuracy"
    accuracy = float(entry.accuracy.removesuffix(" %"))
    printed_an_error = entry.what.endswith(" error")
    assert accuracy == pytest.approx(100 - number(entry) if printed_an_error else number(entry), abs=1e-9)
    assert len(entry.accuracy.partition(".")[2]) == len(entry.value.partition(".")[2])  # as many digits as printed
    assert ("prints the error" in entry.remark) is printed_an_error


def test_results_of_other_networks_are_not_lent() -> None:
    """The paper's ResNet-18 (27.88 %) and its ResNet-34 A and C are no presets: torchvision's are option B."""
    assert not any("27.88" in entry.value or "25.03" in entry.value or "24.19" in entry.value for _, entry in EVERY)
    assert published(replace(preset("resnet34"), shortcut="C")) == ()
    assert published(replace(preset("resnet50"), num_classes=10)) == ()


def test_fields_that_change_nothing_do_not_count() -> None:
    assert published(replace(preset("resnet34"), stride_in="1x1")) == PUBLISHED["resnet34"]


@pytest.mark.parametrize("name", ["plain20", "plain56", "plain110", "keller_a", "keller_b", "keller_avgpool"])
def test_what_nobody_published_stays_empty(name: str) -> None:
    assert published(preset(name)) == ()


@given(configs())
def test_any_other_network_has_nothing(config: ResNetConfig) -> None:
    assert published(config) == () or canonical(config) in {canonical(config) for config in PRESETS.values()}


def test_a_gain_is_told_of_results_that_were_published_in_the_same_way() -> None:
    gains = published_gains(preset("resnet34"), preset("resnet50"))
    assert gains
    assert (float(gains.between), float(gains.within)) == (
        pytest.approx(76.13 - 73.314),
        pytest.approx(80.858 - 76.13),
    )
    assert gains.sentence == (
        "Published in the same way (one 224 px centre crop of a 256 px image; torchvision's weights IMAGENET1K_V1), "
        "ResNet-34 has 73.314 % ImageNet top-1 accuracy and ResNet-50 (v1.5) 76.13 %, 2.816 points more. Other "
        "training or testing brings ResNet-50 (v1.5) alone to 80.858 %, 4.728 points above that."
    )
    of_errors = published_gains(preset("resnet34"), preset("resnet50_v1"))
    assert of_errors
    assert float(of_errors.between) == pytest.approx(24.52 - 22.85)
    assert of_errors.within == 0
    assert of_errors.sentence.endswith("77.15 %, 1.67 points more.")


@pytest.mark.parametrize(
    "pair",
    [
        ("resnet50", "resnet50"),
        ("plain34", "resnet34"),  # one of the two is with shortcut option B, says the note
        ("resnet50", "keras_resnet50"),
        ("resnet20", "resnet110"),  # a single run, and the best of five
        ("plain20", "resnet20"),
    ],
)
def test_what_was_tested_in_other_ways_is_not_compared(pair: tuple[str, str]) -> None:
    assert published_gains(*map(preset, pair)) is None


def test_a_network_that_is_worse_has_fewer_points() -> None:
    gains = published_gains(preset("resnet101"), preset("resnet50"))
    assert gains
    assert gains.between < 0
    assert f"{77.374 - 76.13:.3f} points fewer" in gains.sentence
