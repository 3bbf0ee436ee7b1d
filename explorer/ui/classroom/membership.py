"""Which class this session is in, as its teacher or as a student; cookies keep that over a reload.

A student comes with the class's code in the address; a teacher's secret is in no address, in its cookie alone.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.classroom.codes import check_token, new_token, normal
from explorer.classroom.rooms import classroom
from explorer.classroom.values import ENDED, Full, Scene
from explorer.text.errors import Refusal
from explorer.ui.state import url
from explorer.ui.state.session import held
from explorer.ui.state.url import OWN_NAMES
from explorer.ui.state.url_control import LIDS

CODE = "join"  # in the address; "class" is Grad-CAM's
LIDS.add(CODE)  # a copied link takes nobody into the class
OWN_NAMES.add(CODE)
COOKIE_SECONDS = 4 * 3600
TEACHER_COOKIE, STUDENT_COOKIE = "resnet_explorer_teacher", "resnet_explorer_student"
_HELD = "class"  # in the session
_MEMBER, _ASKED, _REFUSAL, _TOKEN = "member", "asked", "refusal", "token"
UNSEATED = Scene(version=-2)  # what a student sees whose seat was given to another


@dataclass(frozen=True, slots=True)
class Member:
    """The class, what this session shows it is who it is with, and whether it leads the class."""

    code: str
    key: str
    leads: bool

    @property
    def cookie(self) -> tuple[str, str]:
        """The name and the value of the cookie that brings this member back."""
        return (TEACHER_COOKIE if self.leads else STUDENT_COOKIE), f"{self.code}.{self.key}"


def state() -> dict[str, Any]:
    """What the session knows of its class."""
    return held(_HELD)


def member() -> Member | None:
    """Who this session is in a class, if it is in one."""
    found: Member | None = state().get(_MEMBER)
    return found


def leads() -> bool:
    """Whether this session leads a class."""
    found = member()
    return found is not None and found.leads


def enter() -> Member | None:
    """Join the class of a new address, or come back to the cookie's at a session's beginning; returns who one is."""
    mine, asked = state(), st.query_params.get(CODE)
    if asked is not None and asked != mine.get(_ASKED):
        join(asked)
    elif _ASKED not in mine:
        _come_back()
    mine[_ASKED] = asked or mine.get(_ASKED)
    return member()


def join(code: str) -> bool:
    """Join a class as a student, or as its teacher where this browser leads it.

    Returns whether it could be, else ``refusal`` says why not.
    """
    for known in (member(), _known(TEACHER_COOKIE)):
        if known and known.leads and known.code == normal(code):
            _begin(known)
            return True
    try:
        token = _token()
        classroom().join(code, token, _visitor())
    except Refusal as refusal:
        refuse(refusal)
        return False
    _begin(Member(normal(code), token, leads=False))
    return True


def open_class() -> None:
    """Begin a class of one's own; where that cannot be, ``refusal`` says why not."""
    try:
        opened = classroom().open(_visitor())
    except Refusal as refusal:
        refuse(refusal)
        return
    _begin(Member(opened.code, opened.secret, leads=True))


def leave() -> None:
    """Be in no class any more."""
    token = state().get(_TOKEN)
    state().clear()
    state().update({_ASKED: st.query_params.get(CODE), _TOKEN: token})
    url.clear(CODE)


def refuse(why: Refusal) -> None:
    """Have the next run say why something could not be."""
    state()[_REFUSAL] = str(why)


def refusal() -> str:
    """Returns why a class could not be joined, opened or asked, once."""
    said: str = state().pop(_REFUSAL, "")
    return said


def _begin(found: Member) -> None:
    mine = state()
    kept = {_ASKED: mine.get(_ASKED), _TOKEN: mine.get(_TOKEN)}
    mine.clear()
    mine.update({**kept, _MEMBER: found})


def _come_back() -> None:
    if found := _known(TEACHER_COOKIE) or _known(STUDENT_COOKIE):
        _begin(found)


def _known(cookie: str) -> Member | None:
    """Whom a cookie brings back: what the key is tells who leads, for anybody can write a cookie."""
    code, key = _cookie(cookie)
    scene = classroom().watch(code, key) if key else None
    if scene is None or scene.ended:
        return None
    return Member(normal(code), key, leads=scene.seat is None)


def seated_again(found: Member) -> Scene | None:
    """Seat a student again whose seat was given up; returns what they see now: ``UNSEATED`` while all are taken."""
    try:
        sit_down(found)
    except Full:
        return UNSEATED
    except Refusal:
        return ENDED
    return classroom().watch(found.code, found.key)


def sit_down(found: Member) -> None:
    """Seat a student, or find their seat again. Raises Refusal where that cannot be."""
    classroom().join(found.code, found.key, _visitor())


def _token() -> str:
    """This browser's token, the same in whichever class it is."""
    _, token = _cookie(STUDENT_COOKIE)
    try:
        check_token(token)
    except Refusal:
        token = state().get(_TOKEN) or new_token()
    state()[_TOKEN] = token
    return token


def _cookie(name: str) -> tuple[str, str]:
    """The code and the key in a cookie, both empty where there is none."""
    value = st.context.cookies.get(name)
    code, _, key = value.partition(".") if isinstance(value, str) else ("", "", "")
    return code, key


def _visitor() -> str:
    """Whom the bounds on guesses count: the browser's network address."""
    return str(st.context.ip_address or "this computer")
