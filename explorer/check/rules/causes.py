"""The table of causes: what is said of each kind of difference, and why it came about."""

from typing import Any

from explorer.check.rules.sentences import Cause, topic
from explorer.check.values import Severity
from explorer.network.layer import Kind
from explorer.network.options import Order

_SAME_VALUES = "{read.local} {has} {expected}"
_OTHER_DIMENSIONS = ("BatchNorm1d", "BatchNorm3d", "Conv1d", "Conv3d")
_STRIDE = "has stride {has}, expected {expected}"


def _expansion_forgotten(fault: Any) -> bool:
    return bool(fault.case.config.expansion == 4 and fault.has * 4 == fault.expected)


# A field of a layer has another value.
FAULTS = {
    "class": topic(
        "is {has:an}, expected {expected:an}",
        "{intended.kind} {has}",
        Cause(
            lambda fault: fault.intended.kind is Kind.ACTIVATION,
            "another activation than elsewhere: {expected} was meant.",
        ),
        Cause(
            lambda fault: fault.has in _OTHER_DIMENSIONS,
            "{has} does not take maps of height and width: it fails when it runs. {expected} was meant.",
        ),
        Cause(
            lambda fault: fault.intended.name == "avgpool" and fault.has == "AvgPool2d",
            "its {read.kernel:window} window fits one image size only; AdaptiveAvgPool2d takes any.",
            Severity.NOTE,
        ),
        "{expected} was meant.",
    ),
    "kernel": topic(
        "has a {has:×} kernel, expected {expected:×}",
        _SAME_VALUES,
        Cause(lambda fault: fault.intended.kind is Kind.POOL, "the pool covers another window than it was meant to."),
        Cause(
            lambda fault: fault.read.padding is None,
            "the kernel_size is another than in the network that was meant.",
        ),
        Cause(
            lambda fault: fault.read.padding != tuple(side // 2 for side in fault.has),
            "with padding {read.padding} a {has:×} kernel also changes the size of the map: it would need {has:half}.",
        ),
        Cause(
            lambda fault: "padding" in fault.case.fields[id(fault.match)],
            "kernel_size is {has}, with padding {read.padding} to fit: it runs, with {has:area} weights for each "
            "pair of channels instead of {expected:area}.",
        ),
        "kernel_size is {has}: it runs, with {has:area} weights for each pair of channels instead of {expected:area}.",
    ),
    "padding": topic(
        "has padding {has}, expected {expected}",
        "{read.local} {has}",
        Cause(
            lambda fault: fault.has[0] == 0,
            "a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}. padding=0 is PyTorch's "
            "default: it was probably left out.",
        ),
        "a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}.",
    ),
    "dilation": topic(
        "has dilation {has}, expected {expected}",
        _SAME_VALUES,
        "dilation spreads the kernel; a residual network for classification has none.",
    ),
    "groups": topic(
        "has groups {has}, expected {expected}",
        _SAME_VALUES,
        "groups make it a ResNeXt or a depthwise convolution, with fewer weights.",
    ),
    "stride": topic(_STRIDE, _SAME_VALUES, "the maps after it have another size than they were meant to have."),
    "size": topic(
        "puts out {has:×} of {read.before:×} pixels, expected {expected:×}",
        "{read.local}",
        Cause(
            lambda fault: fault.has < fault.expected,
            "a {intended.kernel:×} kernel needs padding {intended.padding}. padding=0 is PyTorch's default: it was "
            "probably left out.",
        ),
        "the padding is larger than the {intended.padding} that was meant.",
    ),
    "params": topic(
        "has {has:,} parameters, expected {expected:,}",
        "{read.local} {times}",
        "expected {intended:conv}; the number fits no square kernel with these channels, so groups, or another "
        "number of channels, are likely.",
    ),
    "bias": topic(
        "has a bias, expected none",
        "{read.local}",
        "the norm subtracts the mean, and with it any bias, so it has no effect. bias=False was left out.",
        severity=Severity.WARNING,
    ),
    "free bias": topic(
        "has a bias",
        "{read.local}",
        "no norm follows it that would take the bias out again; most convolutions have none.",
        severity=Severity.NOTE,
    ),
    "no bias": topic(
        "has no bias, expected one",
        "{read.local}",
        "bias=False was written where the network that was meant has a bias.",
    ),
    "inplace": topic(
        "works in place",
        "",
        "it saves memory, but hooks before it then see its result; some attribution methods fail with it.",
        severity=Severity.NOTE,
    ),
    **{
        name: topic(
            f"has {name} {{has}}",
            "{has}",
            "PyTorch's default is {expected}. Weights do not change with it, results do a little.",
            severity=Severity.NOTE,
        )
        for name in ("eps", "momentum")
    },
    "inputs": topic(
        "reads {has:channel}, expected {expected:channel}",
        "{read.local} {times}",
        "it gets {expected:,} channels from what runs before it, so running it would fail. Its first argument "
        "(in_channels) is wrong.",
    ),
    "outputs": topic(
        "puts out {has:channel}, expected {expected:channel}",
        "{read.local} {times}",
        Cause(
            lambda fault: _expansion_forgotten(fault) and fault.on_shortcut,
            "the expansion was forgotten: the projection puts out 4 × the width, {has:,} × 4 = {expected:,}.",
        ),
        Cause(
            lambda fault: _expansion_forgotten(fault) and fault.is_last,
            "the expansion was forgotten: the last 1×1 of a bottleneck puts out 4 × the width, {has:,} × 4 = "
            "{expected:,}.",
        ),
        Cause(
            lambda fault: fault.on_shortcut,
            "the branch puts out {expected:,} channels, and the sum needs as many.",
        ),
        Cause(
            lambda fault: (
                fault.case.config.expansion == 4
                and fault.has == 2 * fault.expected
                and not fault.is_last
                and fault.in_block
            ),
            "inside of its bottlenecks the network is twice as wide, as Wide ResNet-50-2 and ResNeXt are.",
        ),
        Cause(lambda fault: fault.is_last and fault.in_block, "the sum with the shortcut needs {expected:,} channels."),
        Cause(
            lambda fault: fault.follower and fault.follower.outputs == fault.expected,
            "{follower.local} after it expects {expected:,}, so running it would fail. The convolution is wrong.",
        ),
        "the layers after it have the same number, so it runs, but with another width than was meant.",
    ),
    "features": topic(
        "has {has:feature}, expected {expected:,}",
        "{read.local} {times}",
        Cause(
            lambda fault: not fault.conv or fault.case.config.order is not Order.POST,
            "a norm needs as many features as the map that it reads has channels; running it would fail.",
        ),
        Cause(
            lambda fault: fault.has == fault.conv.inputs,
            "it has as many features as {conv.local} reads; it needs as many as {conv.local} puts out.",
        ),
        Cause(
            lambda fault: fault.conv.outputs is None,
            "{conv.local} before it puts out unknown channels: a norm needs as many features, or it fails.",
        ),
        "{conv.local} before it puts out {conv.outputs:channel}: a norm needs as many features, or it fails.",
    ),
    "classifier": topic(
        "reads {has:feature}, expected {expected:,}",
        "",
        Cause(
            _expansion_forgotten,
            "the expansion was forgotten: the last block puts out {has:,} × 4 = {expected:,} channels.",
        ),
        Cause(
            lambda fault: fault.side > 1 and fault.side**2 * fault.expected == fault.has,
            "{has:,} = {expected:,}·{side}·{side}: the map is flattened without being pooled.",
        ),
        "the last block puts out {expected:,} channels, so running it would fail.",
    ),
    "classes": topic(
        "has {has:,} outputs, expected {expected:,}",
        "",
        "the number of classes is another than that of the network that was meant.",
    ),
}

# A layer has no counterpart.
_MISSING = (
    Cause(
        lambda gone: gone.layer.kind in (Kind.CONV, Kind.NORM) and gone.layer.local.endswith("1"),
        "it was never made.",
    ),
    Cause(
        lambda gone: gone.layer.kind is Kind.CONV,
        "either it was never made, or the name of a convolution before it was assigned twice.",
    ),
    Cause(
        lambda gone: gone.layer.name == "bn_last",
        "sums of pre-activation blocks are never normalised, so a last norm belongs before the pool.",
    ),
    Cause(
        lambda gone: gone.layer.kind is Kind.NORM,
        "either it was never made, or the name of a norm before it was assigned twice.",
    ),
    Cause(
        lambda gone: gone.layer.kind is Kind.ACTIVATION and not gone.case.visible.ordered,
        "without it two linear layers follow each other, unless forward calls it as a function.",
        Severity.WARNING,
    ),
    Cause(
        lambda gone: gone.layer.kind is Kind.ACTIVATION,
        "without it two linear layers follow each other, unless forward calls it as a function.",
    ),
    Cause(
        lambda gone: gone.layer.kind is Kind.ADD,
        "without the sum there is no shortcut here, though other blocks have one.",
    ),
    Cause(lambda gone: gone.layer.kind is Kind.PAD, "new channels need zeros before the shortcut can be added."),
    Cause(lambda gone: gone.layer.kind is Kind.LINEAR, "the network ends before its classifier."),
    Cause(
        lambda gone: gone.layer.name == "maxpool",
        "the stages then see a map of twice the height and width, unless forward calls F.max_pool2d.",
    ),
    Cause(
        lambda gone: gone.layer.name == "avgpool",
        "the classifier needs one value a channel, so something has to pool the map before it.",
    ),
    "it was never made.",
)
MISSING = topic("is missing", "{place}", *_MISSING)
MISSING_CONV = topic("is missing: expected {layer:conv}", "{place}", *_MISSING)
EXTRA = topic(
    "is one {noun} more than expected",
    "{layer.local} {layer.kind} {in_block}",
    Cause(lambda extra: extra.layer.kind is Kind.CONV, "the block has a convolution too many."),
    Cause(lambda extra: extra.layer.kind is Kind.NORM, "two norms in a row, or one where none belongs."),
    Cause(
        lambda extra: extra.layer.kind is Kind.ACTIVATION,
        "an activation where none belongs changes what the layers around it compute.",
    ),
    Cause(lambda extra: extra.layer.kind is Kind.POOL, "it makes the map smaller than it was meant to be."),
    Cause(lambda extra: extra.layer.kind is Kind.LINEAR, "the classifier of a ResNet is one linear layer."),
    # Beside the blocks a layer of an unknown class may only flatten or scale.
    Cause(
        lambda extra: extra.layer.kind is None and extra.in_block,
        "no residual network here has it.",
        Severity.WARNING,
    ),
    Cause(lambda extra: extra.layer.kind is None, "no residual network here has it.", Severity.NOTE),
    "no residual network here has it.",
)
DROPOUT = topic(
    "is extra",
    "{layer.class_name}",
    "Dropout does nothing when the network is evaluated; ResNets do without it.",
    severity=Severity.NOTE,
)

# Several layers of a block together.
TWICE = topic(
    "is {read:conv}, expected {intended:conv}, and {other} is missing",
    "{read.local} {other}",
    "{read.local} was probably assigned twice. The second assignment replaces the first: it should be to self.{other}.",
)
NORM_TWICE = TWICE._replace(what="has {read.outputs:,} features, expected {intended.outputs:,}, and {other} is missing")
SWAPPED = topic(
    "is {gone.kind:kind} {neighbour}, expected {place} {other}",
    "{extra.local}",
    Cause(
        lambda found: found.place == "after" and found.gone.kind is Kind.NORM,
        "the order is swapped. A norm here works on what the convolution reads, not on what it puts out.",
    ),
    Cause(
        lambda found: found.place == "after" and found.gone.kind is Kind.ACTIVATION,
        "the order is swapped. The norm then sees what the activation has already cut off.",
    ),
    "the order is swapped.",
)
DEFINED_ELSEWHERE = topic(
    "is defined {where} {conv.local}, elsewhere {usual} it",
    "{norm.local}",
    "print shows the order of definition, not of the forward pass: if forward calls them in this order too, "
    "norm and convolution are swapped.",
    severity=Severity.WARNING,
)
_NO_SHORTCUT = (
    Cause(
        lambda found: found.case.halves,
        "the block turns {inputs:,} channels into {outputs:,} and the map is halved, so its input cannot be added to "
        "its output as it is. The block was probably made without the downsample argument.",
    ),
    Cause(
        lambda found: found.grows,
        "the block turns {inputs:,} channels into {outputs:,}, so its input cannot be added to its output as it is. "
        "The block was probably made without the downsample argument.",
    ),
    "this option projects in every block, also where the shape stays.",
)
NO_SHORTCUT = topic("is missing", "{grows}", *_NO_SHORTCUT)
NO_PROJECTION = topic("is missing: expected {conv:conv}, stride {conv.stride}", "{grows}", *_NO_SHORTCUT)
NEEDLESS_SHORTCUT = topic(
    "is there, but none was expected",
    "",
    Cause(lambda found: found.case.config.is_plain, "a plain network has no shortcuts.", Severity.WARNING),
    "the block keeps its shape, so the identity fits. Probably the condition for the projection is always "
    "true, or every block gets the downsample that only a stage's first should get.",
    severity=Severity.WARNING,
)
NO_PROJECTION_NORM = topic(
    "is missing: no norm follows the projection",
    "",
    "the shortcut's convolution needs its own batch norm, as the branch has one; otherwise the two summands "
    "have different scales.",
)
PROJECTION_STRIDE = topic(
    _STRIDE,
    "{has}",
    Cause(
        lambda fault: fault.case.halves,
        "the projection lacks stride=2: the branch halves the map and the shortcut does not, so the two cannot be "
        "added.",
    ),
    "the branch keeps the size of the map, so the shortcut must keep it, too.",
)
NEEDLESS_STRIDE = topic(
    _STRIDE,
    "",
    Cause(
        lambda fault: fault.case.index,
        "only the first block of a stage halves the map; block {case.index} of stage {case.number} should keep it. "
        "The stride was probably handed to every block.",
    ),
    "the first stage keeps the size of the map that the stem hands on.",
)
SHORTCUT_STRIDES = topic(
    _STRIDE,
    "{read.local}",
    "the shortcut halves the map and the branch does not, so the two cannot be added: {read.local} needs stride=2.",
)
NO_STRIDE = topic(
    _STRIDE,
    "{read.local}",
    "stage {case.number} should halve the map. The stride was probably not handed to its first block.",
)
TWO_STRIDES = topic(
    _STRIDE,
    "{read.local}",
    "{carrier} and {read.local} both stride, so the block shrinks the map {shrinks}-fold instead of 2-fold. "
    "Only {carrier} should.",
)
MOVED_STRIDE = topic(
    "has stride {has}, expected 1; {meant} was meant to have it",
    "{read.local}",
    Cause(
        lambda found: found.case.config.convs_per_block == 3,
        "the stride sits in another convolution than in the network that was meant: the paper (v1) has it in the "
        "first 1×1, torchvision (v1.5) in the 3×3.",
        Severity.WARNING,
    ),
    "a basic block strides in its first convolution.",
    severity=Severity.WARNING,
)
