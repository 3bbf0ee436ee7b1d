"""How the server leaves when it is told to (SIGTERM): its readers go on with another one, and it ends in time.

It takes no new sessions from then on. After a while, in which a proxy can notice, Uvicorn closes the sessions'
connections, and browsers connect again: the proxy sends them to another server, which shows the page of their link.
Ctrl-C ends the server at once, as ever.
"""

import asyncio
import atexit
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

from explorer.ui.serving.replica import LEAVING

NOTICE = "EXPLORER_NOTICE_SECONDS"  # environment variable: how long it takes no new sessions before it closes the open
CLOSING_SECONDS = 6.0  # within which connections have to end; then the process does

_log = logging.getLogger(__name__)


@asynccontextmanager
async def leaves_when_told(_app: object) -> AsyncIterator[None]:
    """The server's lifespan: puts this way to leave in the place of Uvicorn's for as long as the server runs."""
    notice = float(os.environ.get(NOTICE) or 0)
    uvicorns = signal.getsignal(signal.SIGTERM)
    server = getattr(uvicorns, "__self__", None)  # the handler is a method of Uvicorn's server
    if threading.current_thread() is not threading.main_thread() or not hasattr(server, "should_exit"):
        yield
        return
    loop = asyncio.get_running_loop()

    def told(_signal: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_leave, server, notice)

    signal.signal(signal.SIGTERM, told)
    yield


def _leave(server: object, notice: float) -> None:
    if LEAVING.is_set():
        return
    LEAVING.set()
    _log.info("told to leave: no new sessions; the open ones are closed in %g s", notice)
    atexit.register(_end)
    bound = threading.Timer(notice + CLOSING_SECONDS, _end)
    bound.daemon = True
    bound.start()
    # Uvicorn's own handler would raise the signal again at the end, and the process would not end with status 0.
    asyncio.get_running_loop().call_later(notice, setattr, server, "should_exit", True)


def _end() -> None:
    """End the process whatever its threads do: a job inside torch would hold up the interpreter's end, or abort it."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
