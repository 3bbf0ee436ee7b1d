"""Classes in this process: a bounded number of rooms behind one lock. They end by themselves when nobody uses them."""

import hmac
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Unpack

from explorer.classroom.codes import Limit, check_token, new_code, new_token, normal
from explorer.classroom.room import Room
from explorer.classroom.service import Classroom
from explorer.classroom.values import ENDED, Asked, Full, Opened, Question, Scene, Words
from explorer.text.errors import Refusal

MAX_CLASSES, MAX_STUDENTS = 20, 300  # on this server
MAX_SEATS = 150  # of one class: nobody takes all places with a class of their own
IDLE_SECONDS = 4 * 3600.0
# After these, an empty class without its teacher gives way to a new one, if need be. A browser's tab in the background
# asks once a minute.
GONE_SECONDS = 90.0
ABSENT_SECONDS = 30.0  # after these, a seat whose student never answered is given to another where all are taken,
SILENT_SECONDS = 180.0  # and after these, one whose student did


class Rooms:
    """A ``Classroom`` in memory; ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, Room] = {}
        self._over: deque[str] = deque(maxlen=5 * MAX_CLASSES)  # the codes of the last classes that have ended
        self._replaced = Limit(10, 200, clock)  # classes that gave way: one visitor does not get all their places
        # A right code comes in whatever its visitor guessed before: behind a proxy or in a school all have one address,
        # and one guesser would lock everybody out. Guessing stays hopeless: a guess is the run of a page, 19 ms of the
        # server, and one of 20 classes is found in four million, a day's work for it: a student's seat is won.
        self._wrong_codes = Limit(20, 200, clock)

    def open(self, visitor: str = "") -> Opened:
        """See ``Classroom``."""
        with self._lock:
            self._end_idle()
            self._free_a_class(visitor)
            code, secret = new_code(), new_token()
            while code in self._rooms or code in self._over:
                code = new_code()
            self._rooms[code] = Room(secret, self._clock(), self._clock())
            return Opened(code, secret)

    def join(self, code: str, student: str, visitor: str = "") -> int:
        """See ``Classroom``."""
        check_token(student)
        with self._lock:
            self._end_idle()
            room = self._rooms.get(normal(code))
            if normal(code) in self._over:  # nobody guessed: all of its students may ask at once
                raise Refusal("This class is over.")
            if room is None:
                self._wrong_codes.check(visitor)
                self._wrong_codes.count(visitor)
                raise Refusal("There is no class with this code. Look at it once more: it has six letters and digits.")
            if student not in room.students:
                self._free_a_seat(room)
            return room.seat(student, self._clock())

    def say(self, code: str, secret: str, **words: Unpack[Words]) -> None:
        """See ``Classroom``."""
        with self._lock:
            room = self._led(code, secret)
            room.say(words, self._clock())
            room.touched = self._clock()

    def ask(self, code: str, secret: str, *questions: Question) -> None:
        """See ``Classroom``."""
        with self._lock:
            self._led(code, secret).ask(questions, self._clock())

    def answer(self, code: str, student: str, number: int, round: int, choice: float) -> None:  # noqa: A002
        """See ``Classroom``."""
        with self._lock:
            self._end_idle()
            room = self._rooms.get(normal(code))
            if room is None or student not in room.students:
                raise Refusal("You are not in this class, or it is over.")
            room.answer(student, number, round, choice, self._clock())

    def watch(self, code: str, key: str, seen: int = 0) -> Scene | None:
        """See ``Classroom``."""
        with self._lock:
            self._end_idle()
            room, now = self._rooms.get(normal(code)), self._clock()
            scene = self._seen(room, key, seen, now) if room else ENDED
            return None if scene is None or scene.version == seen else scene

    def record(self, code: str, secret: str) -> tuple[Asked, ...]:
        """See ``Classroom``."""
        with self._lock:
            return self._led(code, secret).record()

    def close(self, code: str, secret: str) -> None:
        """See ``Classroom``."""
        with self._lock:
            if normal(code) in self._rooms:
                self._led(code, secret)
                self._end(normal(code))

    # What follows is called with the lock held.

    def _seen(self, room: Room, key: str, seen: int, now: float) -> Scene | None:
        """What this key may see; None where its number has not changed."""
        if student := room.students.get(key):
            student.looked = now
            return room.for_student(key, now) if room.student_version(key) != seen else None
        if not _equal(key, room.secret):
            return ENDED
        room.looked = now
        room.count_present(now)
        return room.for_teacher(now) if room.teacher_version != seen else None

    def _led(self, code: str, secret: str) -> Room:
        self._end_idle()
        room = self._rooms.get(normal(code))
        if room is None or not _equal(secret, room.secret):
            raise Refusal("This class is over, or it is not yours.")
        return room

    def _end_idle(self) -> None:
        long_ago = self._clock() - IDLE_SECONDS
        for code in [code for code, room in self._rooms.items() if room.touched < long_ago]:
            self._end(code)

    def _end(self, code: str) -> None:
        del self._rooms[code]
        self._over.append(code)

    def _free_a_class(self, visitor: str) -> None:
        """Where there are as many classes as there may be, end one that its teacher and all students have left."""
        if len(self._rooms) < MAX_CLASSES:
            return
        now = self._clock()
        for room in self._rooms.values():
            room.count_present(now)
        left = [
            (room.looked, code)
            for code, room in self._rooms.items()
            if now - room.looked > GONE_SECONDS and not room.scene.students
        ]
        if not left:
            raise Refusal(f"There are {MAX_CLASSES} classes on this server already. Please try again later.")
        self._replaced.check(visitor)
        self._replaced.count(visitor)
        self._end(min(left)[1])

    def _free_a_seat(self, wanted: Room) -> None:
        """Give up the seat of whoever left where all seats of a class or of the server are taken, those who never
        answered first."""
        if len(wanted.students) >= MAX_SEATS:
            rooms, full = [wanted], f"All {MAX_SEATS} places of this class are taken."
        elif sum(len(room.students) for room in self._rooms.values()) >= MAX_STUDENTS:
            rooms, full = [*self._rooms.values()], f"All {MAX_STUDENTS} places on this server are taken."
        else:
            return
        left = [
            (student.has_answered, student.looked, token, room)
            for room in rooms
            for token, student in room.students.items()
            if self._clock() - student.looked > (SILENT_SECONDS if student.has_answered else ABSENT_SECONDS)
        ]
        if not left:
            raise Full(f"{full} Please try again later.")
        *_, token, room = min(left, key=lambda each: each[:2])
        room.give_up(token)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())


_shared: list[Classroom] = [Rooms()]


def classroom() -> Classroom:
    """The classes that this process shares."""
    return _shared[0]


def share(classes: Classroom) -> None:
    """Have this process share other classes from now on, before it has served anybody."""
    _shared[0] = classes
