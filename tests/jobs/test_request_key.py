"""What a request is known by."""

import pickle

from explorer.jobs.job import request_key
from tests.jobs.work import double, fail


def test_the_key_of_a_request_may_leave_the_process() -> None:
    """A cluster is asked by it. Of a function that is an argument not even the class can be pickled."""
    key, other = (request_key(double, (function,), {}) for function in (fail, double))
    assert pickle.loads(pickle.dumps(key)) == key != other
    assert request_key(double, (1,), {}) != request_key(double, (1.0,), {}) != request_key(double, (True,), {})
