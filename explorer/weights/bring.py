"""``resnet-explorer weights resnet18 resnet50`` brings torchvision's weights before a class needs them."""

import argparse
import sys
from collections.abc import Sequence
from typing import TextIO

from explorer.text.errors import Refusal
from explorer.text.quantities import size
from explorer.weights.catalogue import WeightSet, weight_sets
from explorer.weights.load import BRING, WeightsError, fetch, folder, is_cached


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status: 1 where a set could not be had, which is said."""
    parser = argparse.ArgumentParser(prog=BRING, description=__doc__)
    parser.add_argument("names", nargs="*", default=["resnet18"], help="as resnet50 or resnet50-v1 (default: resnet18)")
    names = parser.parse_args(arguments).names
    try:
        wanted = [chosen(name) for name in names]
        for each in wanted:
            was_here = is_cached(each)
            fetch(each.key)
            _say(f"{each.title}: {'was here' if was_here else size(each.size)}")
    except WeightsError as error:
        _say(f"{error} By hand: put the file from {each.url} into {folder()}.", sys.stderr)
        return 1
    except Refusal as error:
        _say(str(error), sys.stderr)
        return 1
    _say(f"In {folder()}.")
    return 0


def _say(words: str, to: TextIO | None = None) -> None:
    (to or sys.stdout).write(f"{words}\n")


def chosen(name: str) -> WeightSet:
    """The set of that key, or of that network the one with the highest accuracy.

    Raises:
        Refusal: there is none; the message lists what there is.
    """
    there = [known for known in weight_sets() if known.url]
    fitting = [known for known in there if name in (known.key, known.key.partition("-")[0])]
    if not fitting:
        keys = ", ".join(known.key for known in there)
        raise Refusal(f"There are no weights called {name[:60]!r}: choose among {keys}.")
    return max(fitting, key=lambda known: known.accuracy or 0.0)


if __name__ == "__main__":
    sys.exit(main())
