"""Fingerprints of messages are Streamlit's own, and taken once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit import util
from streamlit.components.v2.bidi_component import main
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed

import explorer.ui.shell  # noqa: F401  has them remembered
from explorer.ui.state import message_hashes
from explorer.ui.state.message_hashes import LARGE

taken = message_hashes._streamlits_hash


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes | str]:
    """What Streamlit takes the fingerprint of, with none known at first."""
    seen: list[bytes | str] = []

    def note(message: bytes | str) -> str:
        seen.append(message)
        return taken(message)

    monkeypatch.setattr(message_hashes, "_streamlits_hash", note)
    monkeypatch.setattr(message_hashes, "_known", {})
    return seen


def message(words: str) -> ForwardMsg:
    made = ForwardMsg()
    made.delta.new_element.markdown.body = words
    return made


@given(
    st.integers(0, 255), st.integers(LARGE - 2, LARGE + 2), st.sampled_from(["as bytes", "as text"]), st.integers(1, 3)
)
def test_they_are_streamlits(byte: int, length: int, kind: str, times: int) -> None:
    data: bytes | str = bytes([byte]) * length
    if kind == "as text":
        data = chr(byte) * length
    assert {util.calc_hash(data) for _ in range(times)} == {taken(data)}


def test_a_large_message_is_looked_at_once_whatever_it_is_about(asked: list[bytes | str]) -> None:
    one, again, other = (message(letter * LARGE) for letter in "aab")
    for each in (one, again, other):
        populate_hash_if_needed(each)
    assert one.hash == again.hash != other.hash
    assert len(asked) == 2 and [taken(each) for each in asked] == [one.hash, other.hash]
    assert main.calc_hash(asked[1]) == other.hash and len(asked) == 2  # a component asks for its data here


def test_a_small_one_is_not_remembered(asked: list[bytes | str]) -> None:
    for _ in range(2):
        util.calc_hash(b"a" * (LARGE - 1))
    assert len(asked) == 2


def test_few_are_known_and_nothing_of_a_message_is(asked: list[bytes | str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_hashes, "MOST", 4)
    for number in range(9):
        util.calc_hash(b"%d" % number * LARGE)
    assert 0 < len(message_hashes._known) <= 4
    assert all(isinstance(each, int) for key in message_hashes._known for each in key)
    assert {len(each) for each in message_hashes._known.values()} == {32}
