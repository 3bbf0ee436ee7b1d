"""Finds out from the number of parameters what a convolution looks like."""

from math import isqrt


def conv_from_params(params: int | None, inputs: int | None, outputs: int | None) -> tuple[int, bool] | None:
    """Returns the side of a square kernel, and whether there is a bias, or None where nothing fits.

    A convolution has side·side·inputs·outputs weights, and ``outputs`` biases.
    """
    if not params or not inputs or not outputs or params % outputs:
        return None
    for bias in (False, True):
        squared, rest = divmod(params // outputs - bias, inputs)
        side = isqrt(max(squared, 0))
        if rest == 0 and side > 0 and side * side == squared:
            return side, bias
    return None


def groups_from_params(params: int | None, inputs: int | None, outputs: int | None) -> tuple[int, bool] | None:
    """Returns in how many groups a 3×3 convolution reads its channels, and whether it has a bias; None if none fits."""
    if not params or not inputs or not outputs or params % outputs:
        return None
    for bias in (False, True):
        read, left = divmod(params // outputs - bias, 9)
        if read and not left and inputs % read == 0 and inputs > read and outputs % (inputs // read) == 0:
            return inputs // read, bias
    return None


def stem_conv_from_params(params: int | None, outputs: int | None) -> tuple[int, int, bool] | None:
    """Returns the first convolution's side of the kernel, image channels and bias, or None where nothing fits.

    Where several fit, three channels come first, then one, four, two, and more.
    """
    for inputs in (3, 1, 4, 2, *range(5, 257)):
        found = conv_from_params(params, inputs, outputs)
        if found and (found[0] in (3, 7) or inputs > 4):
            return found[0], inputs, found[1]
    return None
