"""The shop, for every test of weights."""

from tests.weights.shop import here, home, saved, shop, theirs

__all__ = ["here", "home", "saved", "shop", "theirs"]
