"""Columns of a table have distinct names."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.table_twin import distinct_names


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4))
def test_columns_are_never_the_same(names: list[str]) -> None:
    found = distinct_names(names)
    assert len(set(found)) == len(names)
    assert all(column.startswith(name) for column, name in zip(found, names, strict=True))
