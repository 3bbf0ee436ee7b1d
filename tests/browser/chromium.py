"""Find the Chromium that browser tests drive, in one place for `make test` and the tests themselves.

``python -m tests.browser.chromium`` prints its path; with ``--install`` it fetches one first where there is none.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import sync_playwright

# First the one without a window: the same engine, and a page costs it a quarter less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 900
MISSING = (
    "No working Chromium was found. Run `python -m tests.browser.chromium --install`, install Chromium or Chrome "
    f"so that one of {', '.join(NAMES)} is on the PATH, or set CHROMIUM to its path."
)


class ChromiumNotFoundError(RuntimeError):
    """No browser, and what to do about it."""


def find_chromium() -> str:
    """Path of a Chromium that starts: the one in CHROMIUM, one on the PATH, or Playwright's own.

    Raises:
        ChromiumNotFoundError: there is none, or CHROMIUM names something that does not start.
    """
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        if not _starts(wanted):
            raise ChromiumNotFoundError(f"CHROMIUM is {wanted!r}, which does not start.")
        return wanted
    path = next(filter(_starts, _candidates()), None)
    if path is None:
        raise ChromiumNotFoundError(MISSING)
    return path


def install_chromium() -> None:
    """Fetch a Chromium: Playwright's own, else (as root, where there is apt) the distribution's.

    Raises:
        ChromiumNotFoundError: neither could be had.
    """
    playwright = [sys.executable, "-m", "playwright"]
    attempts = [[[*playwright, "install", "chromium"]]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120"]
        install = [*apt, "install", "-y", "--no-install-recommends"]
        attempts += [[[*apt, "update"], [*install, package]] for package in ("chromium-headless-shell", "chromium")]
        # Ubuntu's package is only a pointer to a snap; then Playwright's may lack nothing but system libraries.
        attempts.append([[*playwright, "install-deps", "chromium"]])
    for commands in attempts:
        all(map(_runs, commands))
        try:
            find_chromium()
        except ChromiumNotFoundError:
            continue
        return
    raise ChromiumNotFoundError(MISSING)


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def _starts(path: str) -> bool:
    """Whether it is a browser: some distributions put a stub there, and a download may lack system libraries."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _runs(command: Sequence[str]) -> bool:
    print("+", *command, flush=True)  # noqa: T201  this is what the program is for
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=INSTALL_SECONDS, env=environment, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)  # noqa: T201
        return False


def main() -> int:
    """The command line: the path on standard output, or a message and exit status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="fetch a Chromium where there is none")
    wanted = parser.parse_args()
    try:
        try:
            path = find_chromium()
        except ChromiumNotFoundError:
            if not wanted.install or os.environ.get("CHROMIUM"):
                raise
            install_chromium()
            path = find_chromium()
    except ChromiumNotFoundError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"Chromium: {path}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
