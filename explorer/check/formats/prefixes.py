"""What wrappers and frameworks put before a network's names: ``module.``, ``_orig_mod.``, ``model.``, ``backbone.``."""

import re
from collections import Counter
from collections.abc import Iterable

_PART = r"[\w\-]{1,80}\."
_FIRST_BLOCK = re.compile(
    rf"((?:{_PART}){{0,12}}?)(?:layers?|stages?|blocks?|res|group)_?\d{{1,2}}(?:_x)?\.\d{{1,4}}\."
)
_WRAPPER = re.compile(r"(?:[a-zA-Z_\-]+|[\w\-]*_mod|\d{1,2})\.")
_LAYER = re.compile(r"(?:conv|bn|norm|fc|linear|classifier|head|stem|down|short_?cut|proj)", re.IGNORECASE)


def network_prefix(names: Iterable[str]) -> str:
    """Returns what stands before the names of the residual network: ``module.model.``, or "" where nothing does.

    Names of stages tell (``backbone.layer1.0.conv1.weight``), whatever else stands beside the network; without any, it
    is what all names share.
    """
    listed = list(names)
    found = Counter(match[1] for name in listed if (match := _FIRST_BLOCK.match(name)))
    if found:
        return found.most_common(1)[0][0]
    prefix = ""
    while listed and (part := _WRAPPER.match(listed[0], len(prefix))):
        longer = prefix + part[0]
        if _LAYER.match(part[0]) or not all(name.startswith(longer) and "." in name[len(longer) :] for name in listed):
            break
        prefix = longer
    return prefix
