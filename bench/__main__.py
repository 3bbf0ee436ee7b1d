"""``python -m bench`` runs every benchmark, ``python -m bench table rerun`` only those; prints a Markdown table.

``cluster`` needs Ray (``pip install .[cluster]``), and runs where it is named.
"""

import argparse
from importlib import import_module

from bench.result import HEADER, row

NAMES = (
    "table",
    "sweep",
    "rerun",
    "first",
    "class",
    "follow",
    "memory",
    "gradients",
    "training",
    "lesion",
    "cam",
    "erase",
    "several",
    "story",
    "load",
    "cluster",
)
_FILES = {"class": "whole_class"}  # a keyword names no module


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which to run: {', '.join(NAMES)} (default: all)")
    names = parser.parse_args().names or NAMES[:-1]
    unknown = set(names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: choose from {', '.join(NAMES)}")
    print(HEADER, flush=True)
    for name in names:
        for result in import_module(f"bench.{_FILES.get(name, name)}").run():
            print(row(result), flush=True)


if __name__ == "__main__":
    main()
