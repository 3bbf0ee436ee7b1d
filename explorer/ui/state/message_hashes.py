"""Fingerprints of messages that were sent before, found instead of computed.

Streamlit takes the fingerprint of every message of every rerun, and of a component's data once more, although most are
what they were. Python lets go of its lock for each that is large; the event loop then takes it, and the page waits: a
fifth of a rerun.
"""

from streamlit import util
from streamlit.components.v2.bidi_component import main

LARGE = 2_048  # bytes from which on hashlib lets go of the lock
MOST = 4_096  # fingerprints that are known, half a megabyte of them

_streamlits_hash = util.calc_hash
_known: dict[tuple[int, int], str] = {}


def remember_hashes() -> None:
    """Have Streamlit find them, in this process."""
    util.calc_hash = main.calc_hash = _fingerprint  # type: ignore[assignment,attr-defined]


def _fingerprint(message: bytes | str) -> str:
    """Streamlit's fingerprint. What is known of a message is its length and Python's own hash, which nobody outside of
    this process can foresee: nothing of a reader's stays here."""
    if len(message) < LARGE:
        return _streamlits_hash(message)
    key = len(message), hash(message)
    found = _known.get(key)
    if found is None:
        if len(_known) >= MOST:
            _known.clear()
        found = _known[key] = _streamlits_hash(message)
    return found
