"""What the number of parameters tells about a convolution."""

from math import isqrt


def conv_from_params(params: int | None, inputs: int | None, outputs: int | None) -> tuple[int, bool] | None:
    """Side of the kernel and whether there is a bias: k·k·inputs·outputs, and outputs more. None where nothing fits."""
    if not params or not inputs or not outputs or params % outputs:
        return None
    for bias in (False, True):
        squared, rest = divmod(params // outputs - bias, inputs)
        side = isqrt(max(squared, 0))
        if rest == 0 and side > 0 and side * side == squared:
            return side, bias
    return None


def stem_conv_from_params(params: int | None, outputs: int | None) -> tuple[int, int, bool] | None:
    """Side of the kernel, channels of the image and bias of the first convolution, the usual ones first."""
    for inputs in (3, 1, 4, 2, *range(5, 257)):
        found = conv_from_params(params, inputs, outputs)
        if found and (found[0] in (3, 7) or inputs > 4):
            return found[0], inputs, found[1]
    return None


def projection_from_params(params: int, inputs: int, outputs: int) -> tuple[bool, bool] | None:
    """Whether a projection of so many parameters has a bias, and a norm. None where nothing fits."""
    for norm in (True, False):
        for bias in (False, True):
            if params == inputs * outputs + bias * outputs + norm * 2 * outputs:
                return bias, norm
    return None
