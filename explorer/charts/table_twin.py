"""The numbers of a picture as rows of a table, for people who cannot see the picture or want to read its values."""

from collections.abc import Sequence

Row = dict[str, object]
"""One row: the column's name and its value."""


def distinct_names(names: Sequence[str]) -> list[str]:
    """The names as columns, numbered if two of them are the same."""
    if len(set(names)) == len(names):
        return list(names)
    return [f"{name} ({number})" for number, name in enumerate(names, 1)]
