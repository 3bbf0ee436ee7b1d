"""How the gradient splits at a residual add, in shares and in words: what its parting says, and no more."""

import math
from dataclasses import dataclass
from enum import StrEnum

from explorer.gradients.values import Parting, ReadingState

NO_SHARE = "–"
_MOST = 9.995  # times the whole, from where a share is no longer spelled out


class NoShare(StrEnum):
    """Why a parting has no shares."""

    NOTHING = "nothing goes on"
    NOT_A_NUMBER = "not a number"
    OVERFLOW = "above float32"
    UNDERFLOW = "below float32"
    CANCELS = "the parts cancel"

    @property
    def clause(self) -> str:
        """The same as part of a sentence."""
        return {
            "nothing goes on": "nothing goes on, both paths' parts are exactly zero",
            "not a number": "the shares are no numbers, since a path's part is none",
            "above float32": "the shares are no numbers, since a path's part is above float32",
            "below float32": "the shares are not known, since a path's part is below float32",
            "the parts cancel": "the two paths' parts cancel each other, so they have no shares",
        }[self]


@dataclass(frozen=True, slots=True)
class Split:
    """Shares of the gradient at the block's input. They sum to 1; a path that works against the whole has one below 0.

    Both are NaN where there are none, and then ``missing`` says why. ``exact`` tells that one path's part is exactly
    zero, so that a share of 0 or 1 is no rounded one.
    """

    shortcut: float
    branch: float
    exact: bool
    missing: NoShare | None

    @property
    def shortcut_words(self) -> str:
        """The shortcut's share in a word: ``71 %``; ``0`` where nothing comes down, ``–`` where there is no number."""
        return "0" if self.missing is NoShare.NOTHING else share_words(self.shortcut, exact=self.exact)

    @property
    def branch_words(self) -> str:
        """The branch's share in a word."""
        return "0" if self.missing is NoShare.NOTHING else share_words(self.branch, exact=self.exact)

    @property
    def short(self) -> str:
        """Both shares, or why there are none, as a line of its own."""
        if self.missing:
            return str(self.missing)
        return f"{self.shortcut_words} by the shortcut, {self.branch_words} through the branch"

    @property
    def clause(self) -> str:
        """The same as part of a sentence."""
        if self.missing:
            return self.missing.clause
        if self.exact and self.shortcut in (0, 1):
            way, other = ("by the shortcut", "branch") if self.shortcut else ("through the branch", "shortcut")
            return f"all of the gradient that goes on comes {way}, for the {other}'s part is exactly zero"
        ways = [(self.shortcut_words, "by the shortcut"), (self.branch_words, "through the branch")]
        if self.shortcut < 0:
            ways.reverse()
        (most, one), (rest, other) = ways
        against = ", which works against it" if min(self.shortcut, self.branch) < 0 else ""
        return f"of the gradient that goes on, {most} comes {one} and {rest} {other}{against}"


def split(parting: Parting) -> Split:
    """The shares of one parting. Of a part below float32 and one of exactly zero, the former is the whole."""
    states = {parting.shortcut.state, parting.branch.state}
    exact = ReadingState.ZERO in states
    if states == {ReadingState.ZERO, ReadingState.UNDERFLOW}:
        down = float(parting.branch.state is ReadingState.ZERO)
        return Split(down, 1 - down, exact, None)
    shortcut, branch = parting.shortcut_share, parting.branch_share
    if math.isfinite(shortcut) and math.isfinite(branch):
        return Split(shortcut, branch, exact, None)
    return Split(math.nan, math.nan, exact, _missing(states))


def _missing(states: set[ReadingState]) -> NoShare:
    if states == {ReadingState.ZERO}:
        return NoShare.NOTHING
    if ReadingState.NOT_A_NUMBER in states:
        return NoShare.NOT_A_NUMBER
    if ReadingState.OVERFLOW in states:
        return NoShare.OVERFLOW
    return NoShare.UNDERFLOW if ReadingState.UNDERFLOW in states else NoShare.CANCELS


def share_words(share: float, *, exact: bool = False) -> str:
    """``71 %``; with a decimal near 0 and 100 %, which only an ``exact`` share is called."""
    if math.isnan(share):
        return NO_SHARE
    if abs(share) >= _MOST:
        return ">999 %" if share > 0 else "<−999 %"
    percent = 100 * share
    if exact and share in (0, 1):
        return f"{percent:.0f} %"
    near = min(abs(percent), abs(percent - 100)) <= 0.5
    words = f"{percent:.1f}" if near else f"{percent:.0f}"
    if words in ("0.0", "-0.0", "100.0"):
        return f"≈{abs(round(percent))} %"
    return f"{words.replace('-', '−')} %"
