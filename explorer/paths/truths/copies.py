"""The truth of a deep network that is made of a shallow one by hand, as Training > Recorded runs tells it."""

from explorer.paths.answers import Measured, Truth
from explorer.training.copied import Copy, copy_request, told_copy


def deep_copies_shallow(_device: str) -> Measured:
    """Whether plain-56 can do what plain-20 does."""
    return Measured(copy_request(), _answered)


def _answered(copy: Copy) -> Truth:
    return Truth("yes" if copy.succeeds else "no", (told_copy(copy),))
