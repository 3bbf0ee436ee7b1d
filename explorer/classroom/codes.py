"""Codes that are read from a wall and typed, tokens that nobody guesses, and the bound on guesses."""

import secrets
from collections import Counter
from collections.abc import Callable

from explorer.text.errors import Refusal

# No vowels, so that no code is a word; none of 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
LETTERS = "CDFGHJKMNPQRTWXY34679"
LENGTH = 6
MINUTE = 60.0
MIN_TOKEN, MAX_TOKEN = 16, 64


def new_code() -> str:
    """Returns a random code, one of 86 million."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def new_token() -> str:
    """Returns a text that nobody guesses, for a teacher or a student."""
    return secrets.token_urlsafe(24)


def normal(code: str) -> str:
    """Returns a typed code in capitals and without signs, as classes have it: "cdf-ghj" becomes "CDFGHJ"."""
    return "".join(sign for sign in code[: 4 * LENGTH].upper() if sign.isalnum())[: LENGTH + 1]


def check_token(token: str) -> None:
    """Raises Refusal unless this can be a student's token."""
    if not (MIN_TOKEN <= len(token) <= MAX_TOKEN and token.isascii()):
        raise Refusal("This browser's pass for the class is damaged. Open the class's link again.")


class Limit:
    """Allows ``each`` times a minute to one visitor and ``total`` to all of them together."""

    def __init__(self, each: int, total: int, clock: Callable[[], float]) -> None:
        self._each, self._total, self._clock = each, total, clock
        self._counts: Counter[str] = Counter()
        self._minute = 0

    def check(self, visitor: str) -> None:
        """Raises Refusal where this visitor, or all together, have used up this minute's share."""
        self._turn()
        if self._counts[visitor] >= self._each or self._counts.total() >= self._total:
            raise Refusal("That were too many tries. Please wait a minute, then try again.")

    def count(self, visitor: str) -> None:
        """Note one time."""
        self._turn()
        self._counts[visitor] += 1

    def _turn(self) -> None:
        minute = int(self._clock() // MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
