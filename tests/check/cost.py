"""What an answer costs: CPU seconds, and how far the process's memory grew at most."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST_S, MOST_BYTES = 2.0, 300e6
_RESET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """``peak`` is in bytes, and 0 where the system (macOS, Windows) does not tell."""

    seconds: float
    peak: int


def cost_of(function: Callable[[], object]) -> Cost:
    """Runs a function and returns what it cost. Whatever it raises is raised."""
    if _RESET.exists():
        _RESET.write_text("5")  # sets the peak back to what is in use (proc(5))
    before, start = _status("VmRSS"), time.process_time()
    function()
    return Cost(time.process_time() - start, max(_status("VmHWM") - before, 0))


def _status(name: str) -> int:
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
