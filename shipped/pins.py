"""``python -m shipped.pins`` writes requirements.txt and requirements-dev.txt: the releases that were just tested.

pyproject.toml says what may be installed; these two files say what is, from a bare clone. To refresh them:
``pip install --upgrade .[dev]`` in an environment of the oldest supported Python, whose releases the newer ones have
too, then all tests, then this.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_RUNTIME_HEADER = """\
# Written by `python -m shipped.pins`: the tested releases of what pyproject.toml asks for; `make run` installs them.
# Only what the app itself imports is pinned: what those need in turn differs from platform to platform.
"""
_DEV_HEADER = """\
# Written by `python -m shipped.pins`: the tested releases of pyproject.toml's extra `dev`; `make test` installs them.
-r requirements.txt
"""


def project() -> Mapping[str, Any]:
    """Returns the table ``[project]`` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def name_of(requirement: str) -> str:
    """Returns the package's name in a requirement: ``torch`` of ``torch>=2.10,<2.15``."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def pinned(requirements: Iterable[str]) -> str:
    """Returns a line for each requirement with the installed release, without the build's own suffix (``+cpu``), and
    with the platforms that it is for.

    Raises:
        importlib.metadata.PackageNotFoundError: a package is not installed.
    """
    parted = [requirement.partition(";") for requirement in requirements]
    names = [(name_of(what), mark + platforms) for what, mark, platforms in parted]
    return "".join(f"{name}=={version(name).partition('+')[0]}{platforms}\n" for name, platforms in names)


def main() -> None:
    """Writes both files.

    Raises:
        SystemExit: this is not the oldest supported Python.
    """
    table = project()
    oldest = table["requires-python"].removeprefix(">=")
    if "{}.{}".format(*sys.version_info) != oldest:
        sys.exit(f"Pins are taken with Python {oldest}: a newer one may have releases that {oldest} cannot install.")
    runtime, dev = pinned(table["dependencies"]), pinned(table["optional-dependencies"]["dev"])
    (ROOT / "requirements.txt").write_text(_RUNTIME_HEADER + runtime, encoding="utf-8")
    (ROOT / "requirements-dev.txt").write_text(_DEV_HEADER + dev, encoding="utf-8")


if __name__ == "__main__":
    main()
