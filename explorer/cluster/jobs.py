"""The app's queue where a cluster does its work: a ``JobService`` that asks the keeper."""

import hashlib
import io
import pickle
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from explorer.cluster.task import Pickled, Work, opened
from explorer.cluster.wire import Away, Wire
from explorer.jobs.job import (
    Attachment,
    JobCancelled,
    JobFailed,
    JobState,
    JobStatus,
    NobodyWorks,
    kind_of,
    request_key,
)
from explorer.jobs.service import SERVER, Entry
from explorer.jobs.store import split_handle
from explorer.text.errors import Refusal

AWAY = (
    "The machines that compute for this server do not answer at the moment. What needs no computation works on; "
    "this goes on by itself as soon as they are back."
)
WAIT_SECONDS = 1.0  # of one call that waits for a result
SEND_SECONDS = 120.0  # for a request with files
KEPT, KEPT_BYTES = 32, 10 * 2**20  # results that are kept here, too, and the largest of them


class ClusterJobs:
    """A ``JobService`` over a wire. ``replica`` tells its owners from those of other servers."""

    def __init__(self, wire: Wire, replica: str = "") -> None:
        self.alive: Callable[[str], bool] | None = None
        self._wire, self._replica = wire, replica or secrets.token_hex(8)
        self._results: OrderedDict[str, Any] = OrderedDict()
        wire.ticks.append(self.drop_absent)

    def submit(self, function: Callable[..., Any], *args: Any, owner: str, lane: str = "cpu", **kwargs: Any) -> str:
        """See ``JobService``."""
        key, name = digest(request_key(function, args, kwargs)), self._name(owner)
        try:
            handle: str | None = self._call("submit", key, name, lane)
            if handle is None:
                given = (lane, *args, *kwargs.values())
                of_file = any(isinstance(each, Attachment) for each in given)
                on_gpu = any(isinstance(each, str) and each.startswith("cuda") for each in given)
                work = Work(pickle.dumps((function, args, kwargs)), kind_of(function), of_file, on_gpu)
                handle = self._call("submit", key, name, lane, work, wait=SEND_SECONDS)
        except Away:
            raise NobodyWorks(AWAY) from None
        assert handle is not None
        return handle

    def busy(self) -> bool:
        """See ``JobService``; a cluster that does not answer takes no work."""
        with suppress(Away):
            return bool(self._call("busy"))
        return True

    def tally(self) -> Mapping[Entry, int]:
        """See ``JobService``; the jobs of all replicas, and none while the cluster does not answer."""
        try:
            found: Mapping[Entry, int] = self._call("tally")
        except Away:
            return {}
        return found

    def status(self, handle: str) -> JobStatus:
        """See ``JobService``."""
        try:
            status: JobStatus = self._call("status", handle)
        except Away:
            return JobStatus(JobState.CANCELLED, message=AWAY)
        if status.so_far is None:
            return status
        try:
            return replace(status, so_far=opened(status.so_far))
        except Refusal:  # the result will say so
            return replace(status, so_far=None)

    def result(self, handle: str, timeout: float | None = None) -> Any:
        """See ``JobService``."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            wait = WAIT_SECONDS if until is None else min(max(until - time.monotonic(), 0.0), WAIT_SECONDS)
            try:
                return self._result(handle, wait)
            except TimeoutError:
                if until is not None and time.monotonic() >= until:
                    raise TimeoutError(f"It is not finished after {timeout} s.") from None

    def cancel(self, handle: str) -> None:
        """See ``JobService``."""
        with suppress(Away):
            self._call("cancel", handle)

    def release(self, owner: str) -> None:
        """Drop everything this owner waits for."""
        with suppress(Away):
            self._call("release", self._name(owner))

    def drop_absent(self) -> None:
        """See ``JobService``. It also tells the keeper that this replica is there."""
        with suppress(Away):
            alive, known = self.alive, tuple(self._results)
            owners, gone = self._call("present", self._replica, known)
            for job in gone:  # what came of a file is kept no longer than the file's session
                self._results.pop(job, None)
            if alive is not None:
                self._call("release", *(owner for owner in owners if not alive(owner.rpartition("@")[0])))

    def _result(self, handle: str, wait: float) -> Any:
        job, _ = split_handle(handle)
        known = self._results.get(job, self)
        try:
            sent: bytes | Pickled | None = self._call("result", handle, wait, known is not self, wait=wait)
        except Away:
            raise JobCancelled(AWAY) from None
        except JobCancelled:
            self._results.pop(job, None)
            raise
        if not isinstance(sent, Pickled):
            return known if sent is None else sent
        try:
            found = opened(sent.data)
        except Refusal as error:
            raise JobFailed(str(error)) from error
        if len(sent.data) <= KEPT_BYTES:
            self._results[job] = found
            while len(self._results) > KEPT:
                self._results.popitem(last=False)
        return found

    def _call(self, method: str, *args: Any, wait: float = 0.0, **kwargs: Any) -> Any:
        return self._wire.call("jobs", method, *args, wait=wait, **kwargs)

    def _name(self, owner: str) -> str:
        return owner if owner == SERVER else f"{owner}@{self._replica}"


def digest(key: Hashable) -> str:
    """The same for equal keys, in whichever process: pickled without a memo, which would tell two equal texts from one
    that stands there twice."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    pickler.fast = True
    pickler.dump(key)
    return hashlib.sha256(written.getvalue()).hexdigest()
