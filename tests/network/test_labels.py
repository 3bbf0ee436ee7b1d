"""Every field and every option has words, and no two options of a field read alike."""

import re
from dataclasses import fields, replace
from enum import StrEnum
from itertools import chain

import pytest
import torch

from explorer.network.arithmetic import analyze
from explorer.network.config import LIMITS, MAX_STAGES, ResNetConfig
from explorer.network.labels import FIELD_HELP, FIELD_LABELS, OPTION_LABELS, in_words, option_label
from explorer.network.links import from_url
from explorer.network.model import build
from explorer.network.options import Shortcut
from explorer.network.presets import PRESETS, preset

FIELDS = [field.name for field in fields(ResNetConfig)]
OPTIONS: dict[str, type[StrEnum]] = {
    name: type(value) for name in FIELDS if isinstance(value := getattr(ResNetConfig(), name), StrEnum)
}


def test_every_field_and_nothing_else_has_a_label_and_a_help() -> None:
    assert list(FIELD_LABELS) == FIELDS
    assert list(FIELD_HELP) == FIELDS
    assert len(set(FIELD_LABELS.values())) == len(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_labels_are_short_and_helps_are_sentences(field: str) -> None:
    assert FIELD_LABELS[field][0].isupper()
    assert len(FIELD_LABELS[field]) <= 30
    assert FIELD_HELP[field].endswith(".")
    assert FIELD_HELP[field].count("**") % 2 == 0  # bold begins and ends


@pytest.mark.parametrize("field", OPTIONS)
def test_every_option_has_a_label_of_its_own_within_its_field(field: str) -> None:
    labels = [option_label(field, option) for option in OPTIONS[field]]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_no_label_is_for_an_option_that_does_not_exist() -> None:
    assert set(OPTION_LABELS) <= set(chain.from_iterable(OPTIONS.values()))


def test_none_reads_differently_for_shortcuts_and_norms() -> None:
    assert option_label("shortcut", "none") == "None (plain network)"
    assert option_label("norm", "none") == option_label("attention", "none") == "None"


def test_the_papers_c_and_kellers_c_are_never_mixed_up() -> None:
    assert option_label("shortcut", Shortcut.C).startswith("C:")
    assert "C" not in option_label("shortcut", Shortcut.AVGPOOL)
    assert "not the paper's C" in FIELD_HELP["shortcut"]


def test_the_help_knows_how_many_stages_there_may_be() -> None:
    assert f"1 to {MAX_STAGES} stages" in FIELD_HELP["stage_blocks"]


@pytest.mark.parametrize("field", FIELDS)
def test_a_refused_value_is_said_to_be_of_its_label(field: str) -> None:
    with pytest.raises(ValueError) as refused:
        ResNetConfig(**{field: "?"})
    words = in_words(str(refused.value))
    if field in OPTIONS:
        labels = "; ".join(option_label(field, option) for option in OPTIONS[field])
        assert words == f"{FIELD_LABELS[field]} is '?': it must be one of {labels}."
    elif isinstance(getattr(ResNetConfig(), field), bool):
        assert words == f"{FIELD_LABELS[field]} is '?': it must be on or off."
    else:
        assert words == str(refused.value).replace(field, FIELD_LABELS[field], 1)


@pytest.mark.parametrize("field", LIMITS)
def test_a_range_error_of_a_link_is_said_of_its_label(field: str) -> None:
    wrong = 4097 if field == "stem_width" else 0
    with pytest.raises(ValueError) as refused:
        from_url(f"resnet50~{field}-{f'{wrong}.0.0.0' if field in ('stage_blocks', 'widths') else wrong}")
    low, high = LIMITS[field]
    wanted = f"{FIELD_LABELS[field]} is {wrong}: it must be a whole number from {low:,} to {high:,}."
    assert in_words(str(refused.value)) == wanted


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (
            "resnet50~stage_blocks-3.4",
            "Blocks per stage (3, 4) has 2 stages but Width of each stage (64, 128, 256, 512)",
        ),
        (
            "resnet50~conv_bias-true",
            "Bias in convolutions is 'true' in this link: it must be on or off.",
        ),
        ("resnet50~shortcut-A~widths-8.8.8.4", "Shortcut 'A' pads with zero channels"),
        ("resnet50~depth-50", "'depth-50' is not a setting of a network. Those are: Block; Blocks per stage; Width of"),
        ("resnet50~shortcut-widths is", "Shortcut is 'widths is'"),
    ],
)
def test_what_was_written_in_a_link_stays_as_it_is(link: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        from_url(link)
    assert words in in_words(str(refused.value))


@pytest.mark.parametrize(
    "link",
    [
        "nonsense",
        "resnet-34",
        "net_50",
        "resnet50~depth-50",
        "resnet50~shortcut-Z",
        "resnet50~order-1",
        "resnet50~norm-x",
    ]
    + [f"resnet50~{field}-9999999" for field in FIELDS],
)
def test_a_reader_of_a_bad_link_hears_no_programs_names(link: str) -> None:
    """Only what the link itself says may look like a program's name."""
    with pytest.raises(ValueError) as refused:
        from_url(link)
    words = re.sub(r"'[^']*'", "", in_words(str(refused.value)))
    names = {*PRESETS, "PRESETS", "explorer", "field-value", "True", "False", "avgpool", "3x3", "1x1", "relu", "gelu"}
    assert not [name for name in names if re.search(rf"(?<![\w-]){name}(?![\w-])", words)], words
    assert "_" not in words
    assert re.search(r"must|Did you mean|Those are", words)  # what is allowed


# The helps are true of every network, not of the usual ones alone.


def test_the_help_of_the_norm_is_true_in_both_orders() -> None:
    assert (
        "after each convolution (in pre-activation order: before the activation that comes before it)"
        in (FIELD_HELP["norm"])
    )
    for order, kinds in {"post": "conv norm", "pre": "norm activation conv"}.items():
        layers = analyze(replace(preset("resnet18"), order=order)).unit_layers("layer1.1")
        assert " ".join(layer.kind for layer in layers).startswith(kinds)


def test_the_help_of_the_init_knows_pytorchs_variance() -> None:
    assert "a sixth of the variance of He, fan in" in FIELD_HELP["init"]
    small = replace(preset("resnet18"), widths=(64, 64, 64, 64))
    nets = (build(replace(small, init=init)) for init in ("torch", "he_fan_in"))
    ours, theirs = (net.get_parameter("layer1.0.conv1.weight").detach() for net in nets)
    assert float(ours.var() / theirs.var()) == pytest.approx(1 / 6, rel=0.03)


def test_the_help_of_zero_init_knows_the_activation_after_the_sum() -> None:
    assert "(and the activation after the sum, in post-activation order)" in FIELD_HELP["zero_init_residual"]
    base = replace(preset("resnet18"), zero_init_residual=True, activation="tanh", image_size=32)
    x = torch.randn(2, 64, 8, 8)
    assert torch.equal(build(replace(base, order="pre")).eval().layer1[1](x), x)
    assert torch.equal(build(base).eval().layer1[1](x), x.tanh())


def test_the_help_of_the_stages_knows_that_odd_sides_are_rounded_up() -> None:
    assert "halves the resolution, rounded up" in FIELD_HELP["stage_blocks"]
    sides = [arch.output_shape[1] for arch in analyze(replace(preset("resnet20"), image_size=29)).layers]
    assert sorted(set(sides), reverse=True)[:3] == [29, 15, 8]


@pytest.mark.parametrize(
    "message",
    [
        "shortcut is 'x': it must be one of round, square.",
        "Did you mean this or that? All 32 are in the page's list of networks and in explorer.PRESETS.",
    ],
)
def test_a_name_without_a_label_stays(message: str) -> None:
    assert "square" in in_words(message) or "this or that" in in_words(message)


@pytest.mark.parametrize(
    ("name", "label"), {"batch_size": "Images in the batch", "learning_rate": "Learning rate"}.items()
)
def test_a_measurement_that_refuses_its_arguments_names_their_controls(name: str, label: str) -> None:
    assert in_words(f"{name} is 0: it must be a number above 0.") == f"{label} is 0: it must be a number above 0."
