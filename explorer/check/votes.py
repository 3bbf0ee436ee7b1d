"""The vote by which most of a network outvotes a mistake in a part of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any


def majority(values: Iterable[Any], default: Any = None) -> Any:
    """Returns the commonest value that is not None; of several, the one that comes first."""
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else default
