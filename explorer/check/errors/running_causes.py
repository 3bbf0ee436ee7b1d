"""Why a network stopped while it ran: PyTorch's sentences with numbers in them, as one table."""

import re
from collections.abc import Callable, Iterator
from math import isqrt
from types import SimpleNamespace
from typing import Any

from explorer.check.rules.finding import first_cause
from explorer.check.values import Difference, Severity

# A number is called by its letter: ``gets`` and ``wants`` are channels, features or sides.
_NAMES = ("gets", "wants", "rows", "out", "axis", "width", "side", "wide")
_N = {name: rf"(?P<{name}>\d{{1,9}})" for name in _NAMES}
_MESSAGES = {
    "norm": re.compile("running_mean should contain {gets} elements not {wants}".format(**_N)),
    "classifier": re.compile(
        r"mat1 and mat2 shapes cannot be multiplied \({rows}x(?!0){gets} and (?!0){wants}x{out}\)".format(**_N)
    ),
    "sum": re.compile(
        r"size of tensor a \({gets}\) must match the size of tensor b \({wants}\) at non-singleton dimension "
        "{axis}".format(**_N)
    ),
    "convolution": re.compile(
        r"weight of size \[{out}, {width}, {side}, {wide}\], expected input\[[\d, ]{{1,60}}\] to have {wants} "
        "channels, but got {gets} ".format(**_N)
    ),
    "map": re.compile(r"Expected more than 1 value per channel when training"),
}
_CONDITIONS: dict[str, Callable[[Any], bool]] = {
    "unexpanded": lambda it: it.gets == 4 * it.wants,
    "flattened": lambda it: it.gets != it.wants and it.gets == it.wants * isqrt(it.gets // it.wants) ** 2,
    "in_rows": lambda it: it.rows % it.wants == 0 and it.gets < it.wants,
    "short": lambda it: it.gets < it.wants and it.wants % it.gets == 0,
    "channels": lambda it: it.axis == 1,
    "halved": lambda it: max(it.gets, it.wants) in (2 * min(it.gets, it.wants), 2 * min(it.gets, it.wants) - 1),
    "image": lambda it: it.gets in (1, 3, 4) and it.wants in (1, 3, 4),
}
_WHAT = {
    "norm": "has {wants:,} features and gets {gets:,} channels",
    "classifier in_rows": "reads {wants:,} features and gets rows of {gets:,}",
    "classifier": "reads {wants:,} features and gets {gets:,}",
    "sum channels": "of branch and shortcut gets {gets:,} and {wants:,} channels",
    "sum": "of branch and shortcut gets maps of {gets} and {wants} pixels a side",
    "convolution": "reads {wants:,} channels and gets {gets:,}",
    "map": "gets one value a channel",
}
# By message and condition; the first that holds is taken, and without a condition a sentence always does.
_CAUSES = {
    "norm unexpanded": "{gets:,} = 4 · {wants:,}: it follows the last convolution of a bottleneck, which puts out 4 × "
    "the width. Its expansion was forgotten, or bn2 was assigned where bn3 was meant.",
    "norm": "a norm needs as many features as the convolution before it puts out; in pre-activation order as many as "
    "the block gets.",
    "classifier flattened": "{gets:,} = {wants:,}·{root}·{root}: either the map of {root}×{root} is flattened without "
    "being pooled, or it has {more} × the channels, as after bottlenecks whose expansion of 4 was forgotten.",
    "classifier in_rows": "the map still has its height and width where the linear layer begins: nothing flattened it.",
    "classifier short": "{wants:,} = {fewer}·{gets:,}: it was made for more channels (4 × the width after "
    "bottlenecks), for a map that is not pooled, or for larger images.",
    "classifier": "its first argument (in_features) has to be what the layer before it puts out for one image, "
    "flattened.",
    "sum channels": "the block changes the number of channels, and its shortcut does not: it needs a projection "
    "(downsample). In a bottleneck the projection puts out 4 × the width.",
    "sum halved": "one of the two halves the map and the other does not: the shortcut, or the branch, lacks the "
    "stride.",
    "sum": "the branch changes the size by its padding: a 3×3 convolution needs padding 1, a 1×1 none.",
    "convolution image": "these are the channels of the image: 3 are colours, 1 is grey.",
    "convolution": "its first argument (in_channels) has to be what the layer before it puts out; between bottlenecks "
    "that is 4 × the width.",
    "map": "in training a batch norm needs more than one: the batch has one image, and the map has shrunk to 1×1.",
}
_CURES = {
    "norm unexpanded": "self.bn3 = nn.BatchNorm2d({gets})  # width * expansion",
    "norm": "nn.BatchNorm2d({gets})",
    "classifier flattened": "x = torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1)",
    "classifier in_rows": "x = torch.flatten(x, 1)",
    "classifier": "nn.Linear({gets}, {out})",
    "sum channels": "downsample = nn.Sequential(nn.Conv2d({wants}, {gets}, 1, stride, bias=False), "
    "nn.BatchNorm2d({gets}))",
    "sum halved": "downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), "
    "nn.BatchNorm2d(outputs))",
    "sum": "nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)",
    "convolution image": "model.conv1 = nn.Conv2d({gets}, {out}, {side}, stride={stride}, padding={pad}, bias=False)",
    "convolution": "nn.Conv2d({gets}, {out}, {side}, ...)",
    "map": "model.eval()  # or a larger batch or image",
}


def explain_running_error(text: str) -> Iterator[Difference]:
    """Yields, for each kind of message in the text, the first cause of the table that holds."""
    for message, pattern in _MESSAGES.items():
        if found := pattern.search(text):
            numbers = {name: int(number) for name, number in found.groupdict().items()}
            row, cause = first_cause(message, _CAUSES, _CONDITIONS, SimpleNamespace(**numbers))
            gets, wants, side = (max(numbers.get(name, 1), 1) for name in ("gets", "wants", "side"))
            words = numbers | {"root": isqrt(gets // wants), "more": gets // wants, "fewer": wants // gets}
            words |= {"stride": 2 if side > 3 else 1, "pad": side // 2}
            what, cure = (table.get(row, table.get(message, "")).format(**words) for table in (_WHAT, _CURES))
            name = "norm" if message == "map" else message
            yield Difference(name, what, cause.format(**words), Severity.ERROR, cure=cure)


def is_running_error(text: str) -> bool:
    """Whether a text holds one of these messages."""
    return any(pattern.search(text) for pattern in _MESSAGES.values())
