"""What a network makes of several pictures: values, their order, a sentence and a table. Without torch."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from explorer.cam.saliency_map import Prediction, SaliencyMap, predictions
from explorer.cam.words import chance_words, short_names
from explorer.export.csv_text import csv_text
from explorer.text.quantities import counted

_GUESSES = 3  # in the table
_NAMED = 3  # classes in the sentence


class Order(StrEnum):
    """What the pictures are sorted by; by doubt: lowest probability of the likeliest class first."""

    DOUBT = "doubt"
    NAME = "name"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture of several: ``number`` is its place in the archive; ``logits`` (K,), and Grad-CAM of the likeliest
    class at the last block. ``small`` holds the RGB bytes of the picture as the network got it, made smaller, with
    ``side`` pixels a side. ``strange``: unlike those that the network learned from; None where that cannot be told."""

    number: int
    name: str
    logits: NDArray[np.float32]
    saliency: SaliencyMap
    small: bytes
    side: int
    strange: bool | None

    def best(self, names: Sequence[str], count: int = 1) -> list[Prediction]:
        """The likeliest classes, likeliest first."""
        return predictions(self.logits, names, count)

    @property
    def target(self) -> int:
        """The likeliest class."""
        return self.saliency.target

    @property
    def doubt(self) -> tuple[float, float]:
        """Smaller for more doubt: the likeliest class's probability, then its lead over the next one."""
        nameless = [""] * len(self.logits)
        first, second, *_ = *(each.probability for each in self.best(nameless, 2)), 0.0  # there may be one class only
        return (-1.0, -1.0) if math.isnan(first) else (first, first - second)


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """All pictures that were ``seen``, in the archive's order; ``refused`` pairs the names of other files with why
    they were not read. ``left_out`` counts pictures above the most that are read."""

    seen: tuple[Seen, ...]
    refused: tuple[tuple[str, str], ...]
    left_out: int

    def ordered(self, order: Order, target: int | None = None) -> tuple[Seen, ...]:
        """The pictures in an order, all or only those whose likeliest class is ``target``."""
        chosen = [each for each in self.seen if target in (None, each.target)]
        return tuple(sorted(chosen, key=lambda each: each.doubt) if order is Order.DOUBT else chosen)

    @property
    def targets(self) -> tuple[int, ...]:
        """The likeliest classes of all pictures, the most frequent first."""
        counts = Counter(each.target for each in self.seen)
        return tuple(sorted(counts, key=lambda index: (-counts[index], index)))


def gallery_sentence(gallery: Gallery, names: Sequence[str]) -> str:
    """Which classes the network sees most, what it is least sure of, and how many pictures are strange to it."""
    counts = Counter(each.target for each in gallery.seen)
    first = gallery.targets[:_NAMED]
    called = short_names([names[index] for index in first], first)
    most = ", ".join(f"{name} ({counts[index]})" for name, index in zip(called, first, strict=True))
    others = len(gallery.targets) - len(first)
    rest = f" and {counted(others, 'other class')}" if others else ""
    doubted = gallery.ordered(Order.DOUBT)[0]
    best = doubted.best(names)[0]
    said = [
        f"{counted(len(gallery.seen), 'picture')}: {most}{rest}.",
        f"It is least sure of {doubted.name}: {short_names([best.name], [best.index])[0]}, "
        f"{chance_words(best.probability)}.",
    ]
    strange = sum(bool(each.strange) for each in gallery.seen)
    if strange:
        which = _some_of(strange, len(gallery.seen))
        those = "that one" if strange == 1 else "them"
        said.append(f"{which} unlike those that it learned from: don't trust what it says of {those}.")
    if gallery.left_out:
        were = "was" if gallery.left_out == 1 else "were"
        said.append(f"{counted(gallery.left_out, 'more picture')} {were} left out.")
    return " ".join(said)


def _some_of(count: int, everything: int) -> str:
    """The subject of a sentence and its verb, as "All 5 are"."""
    if count == everything:
        return "This picture is" if count == 1 else f"All {count} are"
    return f"{count} of them {'is' if count == 1 else 'are'}"


def gallery_csv(gallery: Gallery, names: Sequence[str]) -> str:
    """A row for each picture, in the order of doubt: its name and its likeliest classes with their probabilities; then
    one for each file that was not read, with why."""
    guesses = min(_GUESSES, len(names))
    header = ["picture", "strange", *(f"{what}_{rank + 1}" for rank in range(guesses) for what in ("class", "chance"))]
    rows: list[list[object]] = []
    for each in gallery.ordered(Order.DOUBT):
        strange = None if each.strange is None else "yes" if each.strange else "no"
        best = [value for one in each.best(names, guesses) for value in (one.name, one.probability)]
        rows.append([each.name, strange, *best, None])
    rows += [[name, None, *[None] * (2 * guesses), why] for name, why in gallery.refused]
    return csv_text([*header, "not_read"], rows)
