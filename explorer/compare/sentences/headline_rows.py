"""The numbers of several networks, each held against the first's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.network.architecture import Architecture
from explorer.text.quantities import human, size
from explorer.text.ratios import ratio


@dataclass(frozen=True, slots=True)
class HeadlineRow:
    """One number of every network, in words and as a ratio to the first network's; the first ratio is empty."""

    label: str
    numbers: tuple[int, ...]
    values: tuple[str, ...]
    ratios: tuple[str, ...]


def headline(archs: Sequence[Architecture]) -> tuple[HeadlineRow, ...]:
    """Parameters, MACs, activation memory, weighted layers and receptive field of each network.

    Raises:
        ValueError: no network at all.
    """
    if not archs:
        raise ValueError("There are 0 networks to compare: choose at least one.")
    return (
        _row("Parameters", [arch.params for arch in archs], "{:,}".format),
        _row("MACs", [arch.macs for arch in archs], human),
        _row("Activation memory", [arch.activation_bytes for arch in archs], size),
        _row("Weighted layers", [arch.depth for arch in archs], "{:,}".format),
        _row("Receptive field", [arch.receptive_field for arch in archs], "{:,} px".format),
    )


def _row(label: str, numbers: Sequence[int], words: Callable[[int], str]) -> HeadlineRow:
    ratios = ("", *(ratio(number, numbers[0]) for number in numbers[1:]))
    return HeadlineRow(label, tuple(numbers), tuple(map(words, numbers)), ratios)
