"""What the app knows of trained weights, against torchvision's own words."""

import re

import pytest
from torchvision.models import get_model_weights

from explorer.network.arithmetic import analyze
from explorer.text.errors import Refusal
from explorer.weights.catalogue import (
    DEPTHS,
    EMBEDDED,
    UNTRAINED,
    embedded,
    enum_of,
    untrained,
    weight_set,
    weight_sets,
)

TORCHVISIONS = [known for known in weight_sets() if known.url]


def test_all_of_torchvisions_are_known() -> None:
    theirs = {weights for depth in DEPTHS for weights in get_model_weights(f"resnet{depth}")}
    assert {enum_of(known.key) for known in TORCHVISIONS} == theirs
    assert [known.key for known in weight_sets()[:2]] == [EMBEDDED, UNTRAINED]


@pytest.mark.parametrize("known", TORCHVISIONS, ids=lambda known: known.key)
def test_torchvisions_words(known: object) -> None:
    meta = enum_of(known.key).meta  # type: ignore[attr-defined]
    assert analyze(known.config).params == meta["num_params"]  # type: ignore[attr-defined]
    assert known.classes == tuple(meta["categories"])  # type: ignore[attr-defined]
    assert known.accuracy == meta["_metrics"]["ImageNet-1K"]["acc@1"]  # type: ignore[attr-defined]
    assert known.url == enum_of(known.key).url and known.url.endswith(known.file)  # type: ignore[attr-defined]
    assert round(known.size / 2**20, 2) == pytest.approx(meta["_file_size"], abs=0.01)  # type: ignore[attr-defined]


@pytest.mark.parametrize("known", weight_sets(), ids=lambda known: known.key)
def test_keys_are_short_and_lead_back(known: object) -> None:
    assert re.fullmatch(r"[a-z0-9-]{5,30}", known.key)  # type: ignore[attr-defined]
    assert weight_set(known.key) == known  # type: ignore[attr-defined]
    assert known.config.num_classes == len(known.classes)  # type: ignore[attr-defined]


def test_the_embedded_one() -> None:
    known = embedded()
    assert known.embedded and known.trained and known.accuracy >= 92.5
    assert (known.config.depth, known.config.in_channels, known.config.image_size) == (20, 1, 28)
    assert len(known.preprocess.mean) == 1 and known.preprocess.on_black


def test_the_untrained_one_is_the_same_network() -> None:
    assert untrained().config == embedded().config
    assert not untrained().trained and untrained().accuracy == 10


def test_an_unknown_key_is_said() -> None:
    with pytest.raises(Refusal, match=r"choose one of fashion-resnet20, .*resnet152-v2"):
        weight_set("x" * 500)
