"""The table of causes: what is said of each kind of difference, and why it came about.

A topic has what is said, what makes two differences one fault, and for each condition of ``CONDITIONS`` a sentence.
The first condition that holds is taken.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from explorer.check.rules.sentences import Finding, Topic, fill, topic
from explorer.check.values import Severity
from explorer.network.layer import Kind
from explorer.network.options import Order

_SAME_VALUES = "{read.local} {has} {expected}"
_STRIDE = "has stride {has}, expected {expected}"


def _is_of_kind(kind: Kind, it: Any) -> bool:
    return it.layer.kind is kind


def _is_unexpanded(it: Any) -> bool:
    return bool(it.case.config.expansion == 4 and it.has * 4 == it.expected)


CONDITIONS: dict[str, Callable[[Any], Any]] = {
    "always": lambda _: True,
    **{kind.value: partial(_is_of_kind, kind) for kind in Kind},
    "unknown": lambda it: it.layer.kind is None,
    "unknown_in_block": lambda it: it.layer.kind is None and it.in_block,
    "other_dimensions": lambda it: it.has in ("BatchNorm1d", "BatchNorm3d", "Conv1d", "Conv3d"),
    "fixed_pool": lambda it: it.intended.name == "avgpool" and it.has == "AvgPool2d",
    "no_padding": lambda it: it.read.padding is None,
    "resized": lambda it: it.read.padding != tuple(side // 2 for side in it.has),
    "padded_too": lambda it: "padding" in it.case.fields[id(it.match)],
    "default_padding": lambda it: it.has[0] == 0,
    "smaller": lambda it: it.has < it.expected,
    "unexpanded": _is_unexpanded,
    "projection_unexpanded": lambda it: _is_unexpanded(it) and it.on_shortcut,
    "last_unexpanded": lambda it: _is_unexpanded(it) and it.is_last,
    "on_shortcut": lambda it: it.on_shortcut,
    "twice_inside": lambda it: it.case.config.expansion == 4 and it.times == 2 and not it.is_last and it.in_block,
    "last_in_block": lambda it: it.is_last and it.in_block,
    "before_right_norm": lambda it: it.follower and it.follower.outputs == it.expected,
    "before_conv": lambda it: not it.conv or it.case.config.order is not Order.POST,
    "like_inputs": lambda it: it.has == it.conv.inputs,
    "after_unknown": lambda it: it.conv.outputs is None,
    "flattened": lambda it: it.side > 1 and it.side**2 * it.expected == it.has,
    "first_of_block": lambda it: it.layer.kind in (Kind.CONV, Kind.NORM) and it.layer.local.endswith("1"),
    "last_norm": lambda it: it.layer.name == "bn_last",
    "unseen_activation": lambda it: it.layer.kind is Kind.ACTIVATION and not it.case.visible.ordered,
    "stem_pool": lambda it: it.layer.name == "maxpool",
    "head_pool": lambda it: it.layer.name == "avgpool",
    "norm_after": lambda it: it.place == "after" and it.layer.kind is Kind.NORM,
    "activation_after": lambda it: it.place == "after" and it.layer.kind is Kind.ACTIVATION,
    "halves": lambda it: it.case.halves,
    "grows": lambda it: it.grows,
    "plain": lambda it: it.case.config.is_plain,
    "later_block": lambda it: it.case.index,
    "bottleneck": lambda it: it.case.config.convs_per_block == 3,
}

# A field of a layer has another value.
FAULTS = {
    "class": topic(
        "is {has:an}, expected {expected:an}",
        "{intended.kind} {has}",
        activation="another activation than elsewhere: {expected} was meant.",
        other_dimensions="{has} does not take maps of height and width: it fails when it runs. {expected} was meant.",
        fixed_pool=(
            Severity.NOTE,
            "its {read.kernel:window} window fits one image size only; AdaptiveAvgPool2d takes any.",
        ),
        always="{expected} was meant.",
    ),
    "kernel": topic(
        "has a {has:×} kernel, expected {expected:×}",
        _SAME_VALUES,
        pool="the pool covers another window than it was meant to.",
        no_padding="the kernel_size is another than in the network that was meant.",
        resized="with padding {read.padding} a {has:×} kernel also changes the size of the map: it would need "
        "{has:half}.",
        padded_too="kernel_size is {has}, with padding {read.padding} to fit: it runs, with {has:area} weights for "
        "each pair of channels instead of {expected:area}.",
        always="kernel_size is {has}: it runs, with {has:area} weights for each pair of channels instead of "
        "{expected:area}.",
    ),
    "padding": topic(
        "has padding {has}, expected {expected}",
        "{read.local} {has}",
        default_padding="a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}. padding=0 is "
        "PyTorch's default: it was probably left out.",
        always="a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}.",
    ),
    "dilation": topic(
        "has dilation {has}, expected {expected}",
        _SAME_VALUES,
        always="dilation spreads the kernel; a residual network for classification has none.",
    ),
    "groups": topic(
        "has groups {has}, expected {expected}",
        _SAME_VALUES,
        always="groups make it a ResNeXt or a depthwise convolution, with fewer weights.",
    ),
    "stride": topic(
        _STRIDE,
        _SAME_VALUES,
        always="the maps after it have another size than they were meant to have.",
    ),
    "size": topic(
        "puts out {has:×} of {read.before:×} pixels, expected {expected:×}",
        "{read.local}",
        smaller="a {intended.kernel:×} kernel needs padding {intended.padding}. padding=0 is PyTorch's default: it "
        "was probably left out.",
        always="the padding is larger than the {intended.padding} that was meant.",
    ),
    "params": topic(
        "has {has:,} parameters, expected {expected:,}",
        "{read.local} {times}",
        always="expected {intended:conv}; the number fits no square kernel with these channels, so groups, or another "
        "number of channels, are likely.",
    ),
    "bias": topic(
        "has a bias, expected none",
        "{read.local}",
        always="the norm subtracts the mean, and with it any bias, so it has no effect. bias=False was left out.",
        severity=Severity.WARNING,
    ),
    "free bias": topic(
        "has a bias",
        "{read.local}",
        always="no norm follows it that would take the bias out again; most convolutions have none.",
        severity=Severity.NOTE,
    ),
    "no bias": topic(
        "has no bias, expected one",
        "{read.local}",
        always="bias=False was written where the network that was meant has a bias.",
    ),
    "inplace": topic(
        "works in place",
        "",
        always="it saves memory, but hooks before it then see its result; some attribution methods fail with it.",
        severity=Severity.NOTE,
    ),
    **{
        name: topic(
            f"has {name} {{has}}",
            "{has}",
            always="PyTorch's default is {expected}. Weights do not change with it, results do a little.",
            severity=Severity.NOTE,
        )
        for name in ("eps", "momentum")
    },
    "inputs": topic(
        "reads {has:channel}, expected {expected:channel}",
        "{read.local} {times}",
        always="it gets {expected:,} channels from what runs before it, so running it would fail. Its first argument "
        "(in_channels) is wrong.",
    ),
    "outputs": topic(
        "puts out {has:channel}, expected {expected:channel}",
        "{read.local} {times}",
        projection_unexpanded="the expansion was forgotten: the projection puts out 4 × the width, {has:,} × 4 = "
        "{expected:,}.",
        last_unexpanded="the expansion was forgotten: the last 1×1 of a bottleneck puts out 4 × the width, {has:,} × "
        "4 = {expected:,}.",
        on_shortcut="the branch puts out {expected:,} channels, and the sum needs as many.",
        twice_inside="inside of its bottlenecks the network is twice as wide, as Wide ResNet-50-2 and ResNeXt are.",
        last_in_block="the sum with the shortcut needs {expected:,} channels.",
        before_right_norm="{follower.local} after it expects {expected:,}, so running it would fail. The convolution "
        "is wrong.",
        always="the layers after it have the same number, so it runs, but with another width than was meant.",
    ),
    "features": topic(
        "has {has:feature}, expected {expected:,}",
        "{read.local} {times}",
        before_conv="a norm needs as many features as the map that it reads has channels; running it would fail.",
        like_inputs="it has as many features as {conv.local} reads; it needs as many as {conv.local} puts out.",
        after_unknown="{conv.local} before it puts out unknown channels: a norm needs as many features, or it fails.",
        always="{conv.local} before it puts out {conv.outputs:channel}: a norm needs as many features, or it fails.",
    ),
    "classifier": topic(
        "reads {has:feature}, expected {expected:,}",
        "",
        unexpanded="the expansion was forgotten: the last block puts out {has:,} × 4 = {expected:,} channels.",
        flattened="{has:,} = {expected:,}·{side}·{side}: the map is flattened without being pooled.",
        always="the last block puts out {expected:,} channels, so running it would fail.",
    ),
    "classes": topic(
        "has {has:,} outputs, expected {expected:,}",
        "",
        always="the number of classes is another than that of the network that was meant.",
    ),
}
# A layer has no counterpart.
MISSING = topic(
    "is missing{wanted}",
    "{place}",
    first_of_block="it was never made.",
    conv="either it was never made, or the name of a convolution before it was assigned twice.",
    last_norm="sums of pre-activation blocks are never normalised, so a last norm belongs before the pool.",
    norm="either it was never made, or the name of a norm before it was assigned twice.",
    unseen_activation=(
        Severity.WARNING,
        "without it two linear layers follow each other, unless forward calls it as a function.",
    ),
    activation="without it two linear layers follow each other, unless forward calls it as a function.",
    add="without the sum there is no shortcut here, though other blocks have one.",
    pad="new channels need zeros before the shortcut can be added.",
    linear="the network ends before its classifier.",
    stem_pool="the stages then see a map of twice the height and width, unless forward calls F.max_pool2d.",
    head_pool="the classifier needs one value a channel, so something has to pool the map before it.",
    always="it was never made.",
)
EXTRA = topic(
    "is one {noun} more than expected",
    "{layer.local} {layer.kind} {in_block}",
    conv="the block has a convolution too many.",
    norm="two norms in a row, or one where none belongs.",
    activation="an activation where none belongs changes what the layers around it compute.",
    pool="it makes the map smaller than it was meant to be.",
    linear="the classifier of a ResNet is one linear layer.",
    unknown_in_block=(Severity.WARNING, "no residual network here has it."),
    unknown=(Severity.NOTE, "no residual network here has it."),
    always="no residual network here has it.",
)
DROPOUT = topic(
    "is extra",
    "{layer.class_name}",
    always="Dropout does nothing when the network is evaluated; ResNets do without it.",
    severity=Severity.NOTE,
)
# Several layers of a block together.
TWICE = topic(
    "is {read:conv}, expected {intended:conv}, and {other} is missing",
    "{read.local} {other}",
    always="{read.local} was probably assigned twice. The second assignment replaces the first: it should be to "
    "self.{other}.",
)
NORM_TWICE = TWICE._replace(what="has {read.outputs:,} features, expected {intended.outputs:,}, and {other} is missing")
SWAPPED = topic(
    "is {layer.kind:kind} {neighbour}, expected {place} {other}",
    "{extra.local}",
    norm_after="the order is swapped. A norm here works on what the convolution reads, not on what it puts out.",
    activation_after="the order is swapped. The norm then sees what the activation has already cut off.",
    always="the order is swapped.",
)
DEFINED_ELSEWHERE = topic(
    "is defined {where} {conv.local}, elsewhere {usual} it",
    "{norm.local}",
    always="print shows the order of definition, not of the forward pass: if forward calls them in this order too, "
    "norm and convolution are swapped.",
    severity=Severity.WARNING,
)
NO_SHORTCUT = topic(
    "is missing{wanted}",
    "{grows}",
    halves="the block turns {inputs:,} channels into {outputs:,} and the map is halved, so its input cannot be added "
    "to its output as it is. The block was probably made without the downsample argument.",
    grows="the block turns {inputs:,} channels into {outputs:,}, so its input cannot be added to its output as it is. "
    "The block was probably made without the downsample argument.",
    always="this option projects in every block, also where the shape stays.",
)
NEEDLESS_SHORTCUT = topic(
    "is there, but none was expected",
    "",
    plain=(Severity.WARNING, "a plain network has no shortcuts."),
    always="the block keeps its shape, so the identity fits. Probably the condition for the projection is always "
    "true, or every block gets the downsample that only a stage's first should get.",
    severity=Severity.WARNING,
)
NO_PROJECTION_NORM = topic(
    "is missing: no norm follows the projection",
    "",
    always="the shortcut's convolution needs its own batch norm, as the branch has one; otherwise the two summands "
    "have different scales.",
)
PROJECTION_STRIDE = topic(
    _STRIDE,
    "{has}",
    halves="the projection lacks stride=2: the branch halves the map and the shortcut does not, so the two cannot be "
    "added.",
    always="the branch keeps the size of the map, so the shortcut must keep it, too.",
)
NEEDLESS_STRIDE = topic(
    _STRIDE,
    "",
    later_block="only the first block of a stage halves the map; block {case.index} of stage {case.number} should "
    "keep it. The stride was probably handed to every block.",
    always="the first stage keeps the size of the map that the stem hands on.",
)
SHORTCUT_STRIDES = topic(
    _STRIDE,
    "{read.local}",
    always="the shortcut halves the map and the branch does not, so the two cannot be added: {read.local} needs "
    "stride=2.",
)
NO_STRIDE = topic(
    _STRIDE,
    "{read.local}",
    always="stage {case.number} should halve the map. The stride was probably not handed to its first block.",
)
TWO_STRIDES = topic(
    _STRIDE,
    "{read.local}",
    always="{carrier} and {read.local} both stride, so the block shrinks the map {shrinks}-fold instead of 2-fold. "
    "Only {carrier} should.",
)
MOVED_STRIDE = topic(
    "has stride {has}, expected 1; {meant} was meant to have it",
    "{read.local}",
    bottleneck=(
        Severity.WARNING,
        "the stride sits in another convolution than in the network that was meant: the paper (v1) has it in the "
        "first 1×1, torchvision (v1.5) in the 3×3.",
    ),
    always="a basic block strides in its first convolution.",
    severity=Severity.WARNING,
)


def explain(name: str, topic: Topic, it: Any) -> Iterator[Finding]:
    """Yields the finding of the first cause of a topic that holds for ``it``, which has a ``name``."""
    for condition, sentence in topic.causes.items():
        if CONDITIONS[condition](it):
            severity, cause = (topic.severity, sentence) if isinstance(sentence, str) else sentence
            yield Finding(it.name, fill(topic.what, it), fill(cause, it), severity, f"{name} {fill(topic.key, it)}")
            return
