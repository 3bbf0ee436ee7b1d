"""Which shortcut fits beside a chain of convolutions: the identity, a 1x1 projection with a stride, or a pool."""

from dataclasses import dataclass

from explorer.ideas.chain import ChainSetting
from explorer.ideas.window import Window
from explorer.text.quantities import counted


@dataclass(frozen=True, slots=True)
class ShortcutFit:
    """What can be added to the output of a chain, which has the side ``wanted``.

    ``identity``: the input itself fits. ``strides``: the smallest and the largest stride with which a 1x1 projection
    without padding fits, or None. ``stride``: the stride to take; the product of the chain's own strides if that fits.
    ``nearest``: where no stride fits, the strides that come next, with the sizes that they give. ``pool``: an average
    pool that fits, or None where the chain makes the map larger.
    """

    wanted: int
    identity: bool
    strides: tuple[int, int] | None
    stride: int | None
    nearest: tuple[tuple[int, int], ...]
    pool: Window | None


def shortcut_fit(setting: ChainSetting) -> ShortcutFit:
    """Finds the shortcuts whose output has the size of the chain's. A 1x1 with stride s makes ⌈n/s⌉ of n."""
    side, wanted = setting.side, setting.sides[-1]
    first = -(-side // wanted)
    last = side if wanted == 1 else -(-side // (wanted - 1)) - 1
    if wanted == 1:
        last = max(side, setting.jump)
    fits = wanted <= side and first <= last and -(-side // first) == wanted
    strides = (first, last) if fits else None
    natural = bool(strides and first <= setting.jump <= last)
    stride = None if not fits else setting.jump if natural else first
    nearest = () if fits or wanted > side else _nearest(side, wanted)
    pool = _pool(side, wanted) if wanted <= side else None
    return ShortcutFit(wanted, side == wanted, strides, stride, nearest, pool)


def _nearest(side: int, wanted: int) -> tuple[tuple[int, int], ...]:
    """Returns the two strides whose sizes come next to the wanted one, and these sizes."""
    above = (side - 1) // wanted  # the largest stride that leaves more than wanted
    return tuple((stride, -(-side // stride)) for stride in (above, above + 1) if stride >= 1)


def _pool(side: int, wanted: int) -> Window:
    """Returns the pool with the smallest window that reads every pixel and makes ``wanted`` of ``side``."""
    stride = side // wanted
    return _unchecked(side - (wanted - 1) * stride, stride)


def _unchecked(kernel: int, stride: int) -> Window:
    """Makes a window larger than a reader may type, as a global pool has."""
    window = object.__new__(Window)
    for name, value in (("kernel", kernel), ("stride", stride), ("padding", 0), ("dilation", 1)):
        object.__setattr__(window, name, value)
    return window


def chain_sentence(setting: ChainSetting) -> str:
    """Says the sizes along the chain, and which shortcut fits beside it, or why none does."""
    sides = " → ".join(f"{side:,}" for side in setting.sides)
    return f"{sides}. {_fit_words(setting, shortcut_fit(setting))}"


def _fit_words(setting: ChainSetting, fit: ShortcutFit) -> str:
    side, wanted = setting.side, fit.wanted
    if fit.identity:
        shift = " The strides multiply to 1, so positions match, too." if setting.jump == 1 else _drift(setting, 1)
        return f"The input has the output's size and can be added as it is.{shift}"
    start = f"The {side:,}×{side:,} input cannot be added to the {wanted:,}×{wanted:,} output"
    if wanted > side:
        return f"{start}: the padding made the map larger, and neither a stride nor a pool without padding does that."
    if fit.stride is None:
        sizes = " and ".join(f"stride {stride} gives ⌈{side:,}/{stride}⌉ = {size:,}" for stride, size in fit.nearest)
        return f"{start}, and no 1×1 projection fits: {sizes}. {_pool_words(setting, fit)}"
    made = f"⌊({side:,} − 1)/{fit.stride}⌋ + 1 = {wanted:,}"
    return f"{start}, but a 1×1 projection of stride {fit.stride} fits: {made}.{_drift(setting, fit.stride)}"


def _pool_words(setting: ChainSetting, fit: ShortcutFit) -> str:
    pool = fit.pool
    if pool is None:
        return ""
    size = f"⌊({setting.side:,} − {pool.kernel:,})/{pool.stride:,}⌋ + 1 = {fit.wanted:,}"
    return (
        f"An average pool of {pool.kernel:,}×{pool.kernel:,} with stride {pool.stride:,} would, {size}, with a 1×1 of "
        "stride 1 behind it; or change the chain's padding."
    )


def _drift(setting: ChainSetting, stride: int) -> str:
    """Says how far the last positions of both paths lie apart if their strides differ."""
    apart = abs(setting.jump - stride) * (setting.sides[-1] - 1)
    if not apart:
        return ""
    return (
        f" But the chain moves {counted(setting.jump, 'pixel')} a position and this shortcut {stride:,}: from the "
        f"first position to the last they drift {counted(apart, 'pixel')} apart."
    )
