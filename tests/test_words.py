"""Every field and every option has words, and no two options of a field read alike."""

from dataclasses import fields
from enum import StrEnum
from itertools import chain

import pytest

from explorer.config import ResNetConfig, Shortcut
from explorer.words import FIELD_HELP, FIELD_LABELS, OPTION_LABELS, option_label

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
    assert option_label("norm", "none") == "None"


def test_the_papers_c_and_kellers_c_are_never_mixed_up() -> None:
    assert option_label("shortcut", Shortcut.C).startswith("C:")
    assert "C" not in option_label("shortcut", Shortcut.AVGPOOL)
    assert "not the paper's C" in FIELD_HELP["shortcut"]
