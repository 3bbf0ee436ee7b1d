"""One computed sentence on two networks: what the second has more or less than the first, and why."""

from collections.abc import Iterator
from math import log

from explorer.compare.budget import Measure
from explorer.compare.sentences.parts import Part, changes, moves
from explorer.compare.sentences.settings import clauses
from explorer.network.architecture import Architecture
from explorer.network.names import spoken
from explorer.network.presets import canonical
from explorer.text.quantities import counted, listed, shape
from explorer.text.ratios import ratio

# What a network is before its variants: these apart, a setting is the cause itself, and no part is to blame.
_SKELETON = ("block", "stage_blocks", "widths")
_IMAGE = {"in_channels", "image_size"}  # said beside the ratios
_MOVES = 0.01  # a logarithm of a ratio, or a gap between two, that calls for a reason
_HARDLY = 0.05  # a logarithm of a ratio of totals, of which one reason is enough


def difference_sentence(first: Architecture, second: Architecture) -> str:
    """What the second network has more or less than the first, and which parts or settings make the difference."""
    one, other = spoken(first.config), spoken(second.config)
    if canonical(first.config) == canonical(second.config):
        return f"Both are {one}: every layer, parameter and MAC is the same."
    return f"{other} has {_depth(first, second, one)}{_ratios(first, second)}: {'; '.join(_reasons(first, second))}."


def _depth(first: Architecture, second: Architecture, name: str) -> str:
    """``16 more weighted layers than ResNet-34 for``: up to the ratios."""
    deeper = second.depth - first.depth
    if not deeper:
        return f"as many weighted layers as {name}, with "
    layers = counted(abs(deeper), f"{'more' if deeper > 0 else 'fewer'} weighted layer")
    return f"{layers} than {name} for "


def _ratios(first: Architecture, second: Architecture) -> str:
    """Parameters and MACs as ratios, and the images that the MACs are for where they are not the same."""
    if (first.params, first.macs) == (second.params, second.macs):
        text = "exactly the same numbers of parameters and MACs"
    else:
        text = f"{_times(second.params, first.params, 'parameters')} and {_times(second.macs, first.macs, 'MACs')}"
    images = [
        shape((arch.config.in_channels, arch.config.image_size, arch.config.image_size)) for arch in (first, second)
    ]
    return text if images[0] == images[1] else f"{text}, on images of {images[1]} in place of {images[0]}"


def _times(value: int, base: int, what: str) -> str:
    return f"exactly the same number of {what}" if value == base else f"{ratio(value, base)} the {what}"


def _reasons(first: Architecture, second: Architecture) -> Iterator[str]:
    """The settings, where they are the cause; then what moves: parameters, maps, MACs, or at least memory."""
    of_params, of_macs = (changes(first, second, measure) for measure in (Measure.PARAMS, Measure.MACS))
    variants = all(getattr(first.config, name) == getattr(second.config, name) for name in _SKELETON)
    said = [text for name, text in clauses(first.config, second.config).items() if name not in _IMAGE]
    if said and (variants or not of_params):
        yield f"it {listed(said)}"
    if of_params:
        yield moves(of_params, Measure.PARAMS)
    yield from _maps(first, second)
    if of_macs and (not of_params or _macs_tell_another_story(first, second)):
        yield moves(of_macs, Measure.MACS)
    if not (of_params or of_macs):
        yield from _memory(first, second)


def _sides(first: Architecture, second: Architecture) -> tuple[int, int]:
    """The sides of the maps that the stems hand on: they multiply every MAC of the stages and no parameter."""
    before, after = (arch.unit_layers("stem")[-1].output_shape[1] for arch in (first, second))
    return before, after


def _ways(first: Architecture, second: Architecture, measure: Measure) -> set[tuple[Part, bool]]:
    """The parts that change, each with whether it grows."""
    return {(change.part, change.value > 0) for change in changes(first, second, measure)}


def _maps(first: Architecture, second: Architecture) -> Iterator[str]:
    before, after = _sides(first, second)
    if before != after:
        yield f"its stages start from maps of {after:,}×{after:,} in place of {before:,}×{before:,}"


def _macs_tell_another_story(first: Architecture, second: Architecture) -> bool:
    """Whether MACs move, and the other way than parameters, or (in logarithms) more than twice or less than half as
    far; and the area of the maps does not explain the better half of that."""
    params, macs = log(second.params / first.params), log(second.macs / first.macs)
    gap, (before, after) = macs - params, _sides(first, second)
    if max(abs(params), abs(macs)) <= _HARDLY and _ways(first, second, Measure.MACS) <= _ways(
        first, second, Measure.PARAMS
    ):
        return False  # the same parts go the same ways, and little is left of it in either total
    if abs(macs) <= _MOVES or abs(gap) <= max(_MOVES, abs(params) / 2, abs(macs) / 2):
        return False
    return before == after or abs(gap - 2 * log(after / before)) > abs(gap) / 2


def _memory(first: Architecture, second: Architecture) -> Iterator[str]:
    """What is left to say where neither parameters nor MACs move."""
    if first.activation_bytes != second.activation_bytes:
        yield f"its activations take {ratio(second.activation_bytes, first.activation_bytes)} the memory"
    elif first.config.image_size != second.config.image_size:
        yield "every layer's map is as large all the same"
