"""What the paths show, in sentences from the measured numbers and nothing else."""

import math

from explorer.gradients.number_words import factor_words, power_words
from explorer.text.quantities import capitalised, counted, percent
from explorer.training.paths.lengths import (
    VEIT_BLOCKS,
    VEIT_LENGTHS,
    LengthGradient,
    PathGradients,
    effective_lengths,
)

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONG = 10**6  # from where a count is a power of ten
_SAME = 0.05  # of the number of blocks: mean lengths that differ by less are called the same


def told_paths(found: PathGradients, name: str) -> str:
    """How many paths the network has, and how long most of them are."""
    if found.config.is_plain:
        return (
            f"{capitalised(name)} has no shortcuts: a single path, which takes the branches of all "
            f"{counted(found.blocks, 'block')}."
        )
    most = effective_lengths([each.paths for each in found.lengths])
    assert most
    return (
        f"{capitalised(name)} has {counted(found.blocks, 'block')}, and a path takes the branch or the shortcut of "
        f"each: 2{str(found.blocks).translate(_SUPERSCRIPTS)} = {paths_words(found.paths)}. "
        f"{percent(found.paths_between(most), found.paths)} of them have length {_between(most)}, and the mean is "
        f"{found.blocks / 2:g}."
    )


def told_gradient(found: PathGradients) -> str:
    """The lengths by which the gradient comes, and how many of the paths have these."""
    if not found.effective:
        return "No gradient arrives at the stem's output, by any path."
    norm = power_words(math.log10(found.norm)) if found.norm else "0"
    if found.config.is_plain:
        return f"All of the gradient comes by this one path: its norm at the stem's output is {norm}."
    paths = found.paths_between(found.effective)
    mean = sum(each.length * share for each, share in zip(found.lengths, found.gradient_shares, strict=True))
    return (
        f"At least 95 % of the gradient comes by paths of length {_between(found.effective)}: {_number(paths)} of the "
        f"{paths_words(found.paths)}, {_percent(paths / found.paths)}. The mean length by which it comes is "
        f"{mean:.1f}: {_against(mean, found.blocks)}."
    )


def _against(mean: float, blocks: int) -> str:
    if abs(mean - blocks / 2) < _SAME * blocks:
        return "about that of all paths"
    side = "shorter" if mean < blocks / 2 else "longer"
    return f"{side} than that of all paths, {blocks / 2:g}"


def told_sum(found: PathGradients) -> str:
    """What a share means here, and that the parts are the whole."""
    if found.config.is_plain or not found.effective or not found.norm:
        return ""
    times = sum(each.norm for each in found.lengths) / found.norm
    exact = f"to within {power_words(math.log10(found.gap), 1)} of it" if found.gap else "to the last digit"
    return (
        "A share here is one of the sum of the lengths' norms, and norms do not add up: they sum to "
        f"{_number(times)} times the norm of the whole gradient, for the lengths' gradients point in different "
        f"directions. The gradients themselves do: their sum is PyTorch's own gradient, {exact}."
    )


def told_estimate(found: PathGradients) -> str:
    """Veit et al.'s estimate from single paths, beside the exact numbers."""
    if found.config.is_plain or not found.estimated:
        return ""
    top = max(found.lengths, key=lambda each: each.estimate)
    return (
        f"Veit et al.'s estimate, from up to {counted(max(each.sampled for each in found.lengths), 'path')} of each "
        f"length one at a time, puts 95 % into lengths {_between(found.estimated)}.{_shrinks(found)}{_cancels(top)}"
    )


def _shrinks(found: PathGradients) -> str:
    first, last = found.lengths[0].single, found.lengths[-1].single
    if not first or not last:
        return ""
    factor = factor_words(math.log10(last / first) / found.blocks)
    return f" From length 0 to {found.blocks} a single path's gradient changes by {factor} a branch."


def _cancels(top: LengthGradient) -> str:
    """How much larger the estimate is than the exact norm, where it is largest."""
    if not top.norm or top.paths == 1 or top.estimate < 1.1 * top.norm:
        return ""
    return (
        f" It counts every path in full: at length {top.length} it is {_number(top.estimate / top.norm)} times "
        "the exact norm, since different paths' gradients point in different directions."
    )


def told_veit(found: PathGradients) -> str:
    """The paper's numbers, and the same as parts of the number of blocks."""
    if found.config.is_plain or not found.effective:
        return ""
    first, last = VEIT_LENGTHS
    paths = sum(math.comb(VEIT_BLOCKS, length) for length in range(first, last + 1))
    return (
        f"In Veit et al.'s trained network of {VEIT_BLOCKS} blocks almost all of the gradient came by lengths {first} "
        f"to {last}, which {_percent(paths / 2**VEIT_BLOCKS)} of its paths have. Per block that is "
        f"{first / VEIT_BLOCKS:.2f} to {last / VEIT_BLOCKS:.2f} branches; here it is "
        f"{found.effective[0] / found.blocks:.2f} to {found.effective[1] / found.blocks:.2f}."
    )


def told_modest(found: PathGradients) -> str:
    """What paths are not."""
    if found.config.is_plain:
        return ""
    return (
        "The paths share their weights and, from block to block, which activations are on: they are no ensemble of "
        "independent networks."
    )


def paths_words(paths: int) -> str:
    """A number of paths: ``512 paths``, ``1.8·10¹⁶ paths``."""
    return counted(paths, "path") if paths < _LONG else f"{_number(paths)} paths"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) and value < _LONG else power_words(math.log10(value))


def _between(lengths: tuple[int, int]) -> str:
    first, last = lengths
    return f"{first}" if first == last else f"{first} to {last}"


def _percent(share: float) -> str:
    """A share of the paths, which can be tiny: ``0.45 %``, ``3·10⁻⁵ %``."""
    return f"{power_words(math.log10(100 * share))} %" if 0 < share < 0.01 else percent(share, 1)
