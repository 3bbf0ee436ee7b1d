"""Why a network stopped while it ran: PyTorch's sentences with two numbers in them, as one table."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isqrt

from explorer.check.values import Difference, Severity

_N = r"(\d{1,9})"
_SIDE = r"([1-9]\d{0,8})"  # of a matrix; others are divided by it


@dataclass(frozen=True, slots=True)
class Row:
    """A message, when the row holds for its numbers, and what is said; ``{0}`` is the first number."""

    message: re.Pattern[str]
    holds: Callable[..., bool]
    name: str
    what: str
    cause: str
    cure: str = ""
    words: Callable[..., Mapping[str, object]] = lambda *_: {}


def explain_running_error(text: str) -> Iterator[Difference]:
    """Yields, for each kind of message in the text, the first row of the table that holds."""
    told: set[re.Pattern[str]] = set()
    for row in TABLE:
        found = row.message.search(text)
        numbers = [int(number) for number in found.groups()] if found else []
        if found and row.message not in told and row.holds(*numbers):
            told.add(row.message)
            words = row.words(*numbers)
            filled = [part.format(*numbers, **words) for part in (row.name, row.what, row.cause, row.cure)]
            yield Difference(filled[0], filled[1], filled[2], Severity.ERROR, cure=filled[3])


def is_running_error(text: str) -> bool:
    """Whether a text holds one of these messages."""
    return any(row.message.search(text) for row in TABLE)


_NORM = re.compile(rf"running_mean should contain {_N} elements not {_N}")
_LINEAR = re.compile(rf"mat1 and mat2 shapes cannot be multiplied \({_N}x{_SIDE} and {_SIDE}x{_N}\)")
_SUM = re.compile(
    rf"size of tensor a \({_N}\) must match the size of tensor b \({_N}\) at non-singleton dimension {_N}"
)
_CONV = re.compile(
    rf"weight of size \[{_N}, {_N}, {_N}, {_N}\], expected input\[[\d, ]{{1,60}}\] to have {_N} channels, but got {_N} "
)
_NO_MAP = re.compile(r"Expected more than 1 value per channel when training")

TABLE: tuple[Row, ...] = (
    Row(
        _NORM,
        lambda has, features: has == 4 * features,
        "norm",
        "has {1:,} features and gets {0:,} channels",
        "{0:,} = 4 · {1:,}: it follows the last convolution of a bottleneck, which puts out 4 × the width. Its "
        "expansion was forgotten, or bn2 was assigned where bn3 was meant.",
        "self.bn3 = nn.BatchNorm2d({0})  # width * expansion",
    ),
    Row(
        _NORM,
        lambda *_: True,
        "norm",
        "has {1:,} features and gets {0:,} channels",
        "a norm needs as many features as the convolution before it puts out; in pre-activation order as many as the "
        "block gets.",
        "nn.BatchNorm2d({0})",
    ),
    Row(
        _LINEAR,
        lambda rows, width, wants, _: (
            width != wants and width % wants == 0 and isqrt(width // wants) ** 2 * wants == width
        ),
        "classifier",
        "reads {2:,} features and gets {1:,}",
        "{1:,} = {2:,}·{side}·{side}: either the map of {side}×{side} is flattened without being pooled, or it has "
        "{times} × the channels, as after bottlenecks whose expansion of 4 was forgotten.",
        "x = torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1)",
        lambda rows, width, wants, _: {"side": isqrt(width // wants), "times": width // wants},
    ),
    Row(
        _LINEAR,
        lambda rows, width, wants, _: rows % wants == 0 and width < wants,
        "classifier",
        "reads {2:,} features and gets rows of {1:,}",
        "the map still has its height and width where the linear layer begins: nothing flattened it.",
        "x = torch.flatten(x, 1)",
    ),
    Row(
        _LINEAR,
        lambda rows, width, wants, _: width < wants and wants % width == 0,
        "classifier",
        "reads {2:,} features and gets {1:,}",
        "{2:,} = {times}·{1:,}: it was made for more channels (4 × the width after bottlenecks), for a map that is not "
        "pooled, or for larger images.",
        "nn.Linear({1}, {3})",
        lambda rows, width, wants, _: {"times": wants // width},
    ),
    Row(
        _LINEAR,
        lambda *_: True,
        "classifier",
        "reads {2:,} features and gets {1:,}",
        "its first argument (in_features) has to be what the layer before it puts out for one image, flattened.",
        "nn.Linear({1}, {3})",
    ),
    Row(
        _SUM,
        lambda a, b, dimension: dimension == 1,
        "sum",
        "of branch and shortcut gets {0:,} and {1:,} channels",
        "the block changes the number of channels, and its shortcut does not: it needs a projection (downsample). In a "
        "bottleneck the projection puts out 4 × the width.",
        "downsample = nn.Sequential(nn.Conv2d({1}, {0}, 1, stride, bias=False), nn.BatchNorm2d({0}))",
    ),
    Row(
        _SUM,
        lambda a, b, dimension: max(a, b) in (2 * min(a, b), 2 * min(a, b) - 1),
        "sum",
        "of branch and shortcut gets maps of {0} and {1} pixels a side",
        "one of the two halves the map and the other does not: the shortcut, or the branch, lacks the stride.",
        "downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), nn.BatchNorm2d(outputs))",
    ),
    Row(
        _SUM,
        lambda *_: True,
        "sum",
        "of branch and shortcut gets maps of {0} and {1} pixels a side",
        "the branch changes the size by its padding: a 3×3 convolution needs padding 1, a 1×1 none.",
        "nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)",
    ),
    Row(
        _CONV,
        lambda out, width, tall, wide, wants, has: has in (1, 3, 4) and wants in (1, 3, 4),
        "convolution",
        "reads {4:,} channels and gets {5:,}",
        "these are the channels of the image: 3 are colours, 1 is grey.",
        "model.conv1 = nn.Conv2d({5}, {0}, {2}, stride={stride}, padding={pad}, bias=False)",
        lambda out, width, tall, *_: {"stride": 2 if tall > 3 else 1, "pad": tall // 2},
    ),
    Row(
        _CONV,
        lambda *_: True,
        "convolution",
        "reads {4:,} channels and gets {5:,}",
        "its first argument (in_channels) has to be what the layer before it puts out; between bottlenecks that is 4 × "
        "the width.",
        "nn.Conv2d({5}, {0}, {2}, ...)",
    ),
    Row(
        _NO_MAP,
        lambda *_: True,
        "norm",
        "gets one value a channel",
        "in training a batch norm needs more than one: the batch has one image, and the map has shrunk to 1×1.",
        "model.eval()  # or a larger batch or image",
    ),
)
