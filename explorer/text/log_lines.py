"""The log as one line for each event: time, level, who says it, and what, without anything of a reader's.

A message is the program's own words; of the values in it only numbers stay, since a text may be a link, an address or a
file's name. Of an exception stay its class and the places in the code, not its message, for the same reason.
"""

import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PLACES = 6  # of an exception, the innermost first
_HIDDEN = "…"
_VALUES = re.compile(r"[\n(<]")  # where asyncio's messages go on with what a task or a call was given


class LineFormatter(logging.Formatter):
    """Formats a record as a line; see the module."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said = f"{moment} {record.levelname} {record.name}: {_words(record)}"
        if record.exc_info and record.exc_info[1]:
            said += f" [{raised(record.exc_info[1])}]"
        return "".join(sign for sign in " ".join(said.split()) if sign.isprintable())


def write_lines() -> None:
    """Put this in the place of every other way to log in this process."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    warnings.showwarning = _log_of_warning  # type: ignore[assignment]  # it takes whatever else there is
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            through_root(logger)
    threading.excepthook = _log_of_thread
    sys.unraisablehook = lambda ignored: logging.getLogger("python").error(
        "an exception was ignored", exc_info=ignored.exc_value
    )
    sys.excepthook = lambda kind, error, trace: logging.getLogger("python").critical(
        "the program ended", exc_info=(kind, error, trace)
    )


def raised(error: BaseException) -> str:
    """An exception's class, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)[::-1][:_PLACES]
    places = " < ".join(_place(each.filename, each.lineno) for each in frames)
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def through_root(logger: logging.Logger) -> None:
    """Have a logger write nothing itself."""
    logger.handlers.clear()
    logger.propagate = True


def _log_of_warning(_message: object, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    logging.getLogger("python").warning(f"{category.__name__} at {_place(filename, lineno)}")  # the program's own words


def _log_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        logging.getLogger("python").error(
            "a thread ended", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )


def _words(record: logging.LogRecord) -> str:
    """The message; one that is no text, such as an exception, is its class."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if record.name == "asyncio":
        return _VALUES.split(record.msg, maxsplit=1)[0]
    args = record.args
    values = {name: _plain(each) for name, each in args.items()} if isinstance(args, Mapping) else None
    try:
        return record.msg % (values or tuple(map(_plain, args or ()))) if args else record.msg
    except (
        TypeError,
        ValueError,
        LookupError,
        OverflowError,
    ):  # the message wants a number where a text was, or others
        return record.msg


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else _HIDDEN


def _place(file: str, line: int | None) -> str:
    return f"{'/'.join(Path(file).parts[-3:])}:{line}"
