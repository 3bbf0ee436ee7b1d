"""Whatever a class does in whatever order: every vote is counted once, and every screen is told of every change."""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from explorer.classroom.codes import new_token
from explorer.classroom.rooms import Rooms
from explorer.classroom.values import Poll, Question, Scene, View
from explorer.text.errors import Refusal
from tests.classroom.clock import Clock

POLL = Poll("Which?", ("a", "b", "c"))


class AnyClass(RuleBasedStateMachine):
    """A class beside the simplest account of it: dictionaries of who said what."""

    tokens = Bundle("tokens")
    make = Rooms

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.rooms = self.make(self.clock)
        self.opened = self.rooms.open()
        self.polls = 0
        self.votes: list[dict[str, float]] = []  # of the present question
        self.revealed = False
        self.screens: dict[str, Scene] = {}  # what each student was last told

    @rule(target=tokens)
    def comes(self) -> str:
        token = new_token()
        assert self.rooms.join(self.opened.code, token) == len(self.screens)
        self.screens[token] = Scene(version=0)
        return token

    @rule(token=tokens)
    def comes_back(self, token: str) -> None:
        assert self.rooms.join(self.opened.code, token) == list(self.screens).index(token)

    @rule()
    def asks(self) -> None:
        self.rooms.ask(self.opened.code, self.opened.secret, Question(POLL))
        self.polls += 1
        self.votes, self.revealed = [{}], False

    @rule(token=tokens, choice=st.integers(0, 3), vote=st.integers(1, 2))
    def answers(self, token: str, choice: int, vote: int) -> None:
        possible = self.votes and vote == len(self.votes) and choice < 3 and not self.revealed
        try:
            self.rooms.answer(self.opened.code, token, self.polls, vote, choice)
        except Refusal:
            assert not possible
        else:
            assert possible
            self.votes[-1][token] = choice

    @rule(words=st.sampled_from([{"round": 2}, {"revealed": True}, {"asking": False}]))
    def leads(self, words: dict[str, object]) -> None:
        impossible = not self.votes and "asking" not in words
        impossible |= words == {"round": 2} and (len(self.votes) == 2 or self.revealed)
        try:
            self.rooms.say(self.opened.code, self.opened.secret, **words)  # type: ignore[arg-type]
        except Refusal:
            assert impossible
            return
        assert not impossible
        if "round" in words:
            self.votes.append({})
        elif "revealed" in words:
            self.revealed = True
        else:
            self.votes, self.revealed = [], False

    @rule(page=st.sampled_from(["cam", "ideas"]), following=st.booleans())
    def moves(self, page: str, following: bool) -> None:
        self.rooms.say(self.opened.code, self.opened.secret, view=View(page), following=following)

    @rule(seconds=st.floats(0, 60))
    def waits(self, seconds: float) -> None:
        self.clock.wait(seconds)

    @invariant()
    def every_vote_is_counted_once(self) -> None:
        scene = self.rooms.watch(self.opened.code, self.opened.secret)
        assert scene
        counted = [dict(tally.counts) for asked in scene.asked for tally in asked.rounds]
        assert counted == [{option: Counter(vote.values())[option] for option in range(3)} for vote in self.votes]

    @invariant()
    def every_screen_is_told(self) -> None:
        for token, before in self.screens.items():
            now = self.rooms.watch(self.opened.code, token)
            told = self.rooms.watch(self.opened.code, token, before.version)
            assert now and told in (now, None)
            if told is None:
                assert replace(now, students=0) == replace(before, students=0)  # only the teacher is told of those
            else:
                self.screens[token] = told


AnyClass.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyClass = AnyClass.TestCase
