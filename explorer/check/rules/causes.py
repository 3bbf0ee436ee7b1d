"""The table of causes: what is said of each kind of difference, and why it came about."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from explorer.check.rules.finding import Finding, fill, first_cause
from explorer.check.values import Severity
from explorer.network.layer import Kind
from explorer.network.options import Order


def _is_of(kind: Kind) -> Callable[[Any], Any]:
    return lambda it: it.layer.kind is kind


def _is_unexpanded(it: Any) -> bool:
    return bool(it.case.config.expansion == 4 and it.has * 4 == it.expected)


CONDITIONS: dict[str, Callable[[Any], Any]] = {
    **{kind.value: _is_of(kind) for kind in Kind},
    "unknown": lambda it: it.layer.kind is None,
    "unknown_in_block": lambda it: it.layer.kind is None and it.in_block,
    "other_dimensions": lambda it: it.has in ("BatchNorm1d", "BatchNorm3d", "Conv1d", "Conv3d"),
    "fixed_pool": lambda it: it.layer.name == "avgpool" and it.has == "AvgPool2d",
    "no_padding": lambda it: it.read.padding is None,
    "resized": lambda it: it.read.padding != tuple(side // 2 for side in it.has),
    "padded_too": lambda it: "padding" in it.case.fields[it.match],
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
    "unseen_activation": lambda it: it.layer.kind is Kind.ACTIVATION and not it.case.visible.network.text.ordered,
    "stem_pool": lambda it: it.layer.name == "maxpool",
    "head_pool": lambda it: it.layer.name == "avgpool",
    "norm_after": lambda it: it.place == "after" and it.layer.kind is Kind.NORM,
    "activation_after": lambda it: it.place == "after" and it.layer.kind is Kind.ACTIVATION,
    "halves": lambda it: it.case.halves,
    "kept": lambda it: it.kept,
    "grows": lambda it: it.grows,
    "plain": lambda it: it.case.config.is_plain,
    "later_block": lambda it: it.case.index,
    "bottleneck": lambda it: it.case.config.convs_per_block == 3,
    "first_block": lambda it: it.stage.missing and it.stage.missing[0].name.endswith(".0"),
    "too_few": lambda it: it.stage.missing,
    "one_stage": lambda it: len(it.config.widths) == 1,
}

# What is said of a topic, and what makes two differences one fault.
TOPICS = {
    "class": ("is {has:an}, expected {expected:an}", "class {layer.kind} {has}"),
    "kernel": ("has a {has:×} kernel, expected {expected:×}", "kernel {read.local} {has} {expected}"),
    "padding": ("has padding {has}, expected {expected}", "padding {read.local} {has}"),
    "dilation": ("has dilation {has}, expected {expected}", "dilation {read.local} {has} {expected}"),
    "groups": ("has groups {has}, expected {expected}", "groups {read.local} {has} {expected}"),
    "stride": ("has stride {has}, expected {expected}", "stride {read.local} {has} {expected}"),
    "size": ("puts out {has:×} of {read.before:×} pixels, expected {expected:×}", "size {read.local}"),
    "params": ("has {has:,} parameters, expected {expected:,}", "params {read.local} {times}"),
    "bias": ("has a bias, expected none", "bias {read.local}"),
    "free_bias": ("has a bias", "bias {read.local}"),
    "no_bias": ("has no bias, expected one", "no bias {read.local}"),
    "inplace": ("works in place", "inplace"),
    "eps": ("has eps {has}", "eps {has}"),
    "momentum": ("has momentum {has}", "momentum {has}"),
    "inputs": ("reads {has:channel}, expected {expected:channel}", "inputs {read.local} {times}"),
    "outputs": ("puts out {has:channel}, expected {expected:channel}", "outputs {read.local} {times}"),
    "features": ("has {has:feature}, expected {expected:,}", "features {read.local} {times}"),
    "classifier": ("reads {has:feature}, expected {expected:,}", "classifier"),
    "classes": ("has {has:,} outputs, expected {expected:,}", "classes"),
    "missing": ("is missing{wanted}", "missing {place}"),
    "extra": ("is one {noun} more than expected", "extra {layer.local} {layer.kind} {in_block}"),
    "dropout": ("is extra", "extra {layer.class_name}"),
    "twice": ("is {read:conv}, expected {layer:conv}, and {other} is missing", "twice {read.local} {other}"),
    "norm_twice": (
        "has {read.outputs:,} features, expected {layer.outputs:,}, and {other} is missing",
        "twice {read.local} {other}",
    ),
    "swapped": ("is {layer.kind:kind} {neighbour}, expected {place} {other}", "swapped {extra.local}"),
    "defined_elsewhere": ("is defined {where} {conv.local}, elsewhere {usual} it", "defined {norm.local}"),
    "no_shortcut": ("is missing{wanted}", "no shortcut {grows} {kept}"),
    "needless_shortcut": ("is there, but none was expected", "needless shortcut {case.config.is_plain}"),
    "no_projection_norm": ("is missing: no norm follows the projection", "no norm"),
    "projection_stride": ("has stride {has}, expected {expected}", "projection stride {case.halves} {has}"),
    "needless_stride": ("has stride {has}, expected {expected}", "needless stride {case.index:any}"),
    "shortcut_strides": ("has stride {has}, expected {expected}", "shortcut strides {read.local}"),
    "no_stride": ("has stride {has}, expected {expected}", "no stride {read.local}"),
    "two_strides": ("has stride {has}, expected {expected}", "two strides {read.local}"),
    "missing_stage": ("is missing: expected {blocks:block}", "no stage {number}"),
    "extra_stage": ("is a stage more than expected, of {blocks:block}", "extra stage {stage.name}"),
    "block_count": ("has {blocks:block}, expected {stage.expected:,}", "blocks {stage.read.name}"),
    "width": ("has width {has:,}, expected {expected:,}", "width {stage.name}"),
    "shared": ("is there {shown:times} where a block activates {needed:times}", "shared"),
    "all_biases": ("has a bias in every convolution", "all biases"),
    "moved_stride": ("has stride {has}, expected 1; {meant} was meant to have it", "moved stride {read.local}"),
}

# By topic and condition; the first that holds is taken, and without a condition a sentence always does.
CAUSES = {
    "class activation": "another activation than elsewhere: {expected} was meant.",
    "class other_dimensions": "{has} does not take maps of height and width: it fails when it runs. {expected} was "
    "meant.",
    "class fixed_pool": "its {read.kernel:window} window fits one image size only; AdaptiveAvgPool2d takes any.",
    "class": "{expected} was meant.",
    "kernel pool": "the pool covers another window than it was meant to.",
    "kernel no_padding": "the kernel_size is another than in the network that was meant.",
    "kernel resized": "with padding {read.padding} a {has:×} kernel also changes the size of the map: it would need "
    "{has:half}.",
    "kernel padded_too": "kernel_size is {has}, with padding {read.padding} to fit: it runs, with {has:area} weights "
    "for each pair of channels instead of {expected:area}.",
    "kernel": "kernel_size is {has}: it runs, with {has:area} weights for each pair of channels instead of "
    "{expected:area}.",
    "padding default_padding": "a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}. "
    "padding=0 is PyTorch's default: it was probably left out.",
    "padding": "a {read.kernel:×} kernel needs padding {expected}; with {has} the map {effect}.",
    "dilation": "dilation spreads the kernel; a residual network for classification has none.",
    "groups": "groups make it a ResNeXt or a depthwise convolution, with fewer weights.",
    "stride": "the maps after it have another size than they were meant to have.",
    "size smaller": "a {layer.kernel:×} kernel needs padding {layer.padding}. padding=0 is PyTorch's default: it "
    "was probably left out.",
    "size": "the padding is larger than the {layer.padding} that was meant.",
    "params": "expected {layer:conv}; the number fits no square kernel with these channels, so groups, or another "
    "number of channels, are likely.",
    "bias": "the norm subtracts the mean, and with it any bias, so it has no effect. bias=False was left out.",
    "free_bias": "no norm follows it that would take the bias out again; most convolutions have none.",
    "no_bias": "bias=False was written where the network that was meant has a bias.",
    "inplace": "it saves memory, but hooks before it then see its result; some attribution methods fail with it.",
    "eps": "PyTorch's default is {expected}. Weights do not change with it, results do a little.",
    "momentum": "PyTorch's default is {expected}. Weights do not change with it, results do a little.",
    "inputs": "it gets {expected:,} channels from what runs before it, so running it would fail. Its first argument "
    "(in_channels) is wrong.",
    "outputs projection_unexpanded": "the expansion was forgotten: the projection puts out 4 × the width, {has:,} × 4 "
    "= {expected:,}.",
    "outputs last_unexpanded": "the expansion was forgotten: the last 1×1 of a bottleneck puts out 4 × the width, "
    "{has:,} × 4 = {expected:,}.",
    "outputs on_shortcut": "the branch puts out {expected:,} channels, and the sum needs as many.",
    "outputs twice_inside": "inside of its bottlenecks the network is twice as wide, as Wide ResNet-50-2 and ResNeXt "
    "are.",
    "outputs last_in_block": "the sum with the shortcut needs {expected:,} channels.",
    "outputs before_right_norm": "{follower.local} after it expects {expected:,}, so running it would fail. The "
    "convolution is wrong.",
    "outputs": "the layers after it have the same number, so it runs, but with another width than was meant.",
    "features before_conv": "a norm needs as many features as the map that it reads has channels; running it would "
    "fail.",
    "features like_inputs": "it has as many features as {conv.local} reads; it needs as many as {conv.local} puts out.",
    "features after_unknown": "{conv.local} before it puts out unknown channels: a norm needs as many features, or it "
    "fails.",
    "features": "{conv.local} before it puts out {conv.outputs:channel}: a norm needs as many features, or it fails.",
    "classifier unexpanded": "the expansion was forgotten: the last block puts out {has:,} × 4 = {expected:,} "
    "channels.",
    "classifier flattened": "{has:,} = {expected:,}·{side}·{side}: the map is flattened without being pooled.",
    "classifier": "the last block puts out {expected:,} channels, so running it would fail.",
    "classes": "the number of classes is another than that of the network that was meant.",
    "missing first_of_block": "it was never made.",
    "missing conv": "either it was never made, or the name of a convolution before it was assigned twice.",
    "missing last_norm": "sums of pre-activation blocks are never normalised, so a last norm belongs before the pool.",
    "missing norm": "either it was never made, or the name of a norm before it was assigned twice.",
    **dict.fromkeys(
        ("missing unseen_activation", "missing activation"),
        "without it two linear layers follow each other, unless forward calls it as a function.",
    ),
    "missing add": "without the sum there is no shortcut here, though other blocks have one.",
    "missing pad": "new channels need zeros before the shortcut can be added.",
    "missing linear": "the network ends before its classifier.",
    "missing stem_pool": "the stages then see a map of twice the height and width, unless forward calls F.max_pool2d.",
    "missing head_pool": "the classifier needs one value a channel, so something has to pool the map before it.",
    "missing": "it was never made.",
    "extra conv": "the block has a convolution too many.",
    "extra norm": "two norms in a row, or one where none belongs.",
    "extra activation": "an activation where none belongs changes what the layers around it compute.",
    "extra pool": "it makes the map smaller than it was meant to be.",
    "extra linear": "the classifier of a ResNet is one linear layer.",
    **dict.fromkeys(("extra unknown_in_block", "extra unknown", "extra"), "no residual network here has it."),
    "dropout": "Dropout does nothing when the network is evaluated; ResNets do without it.",
    "twice": "{read.local} was probably assigned twice. The second assignment replaces the first: it should be to "
    "self.{other}.",
    "norm_twice": "{read.local} was probably assigned twice. The second assignment replaces the first: it should be to "
    "self.{other}.",
    "swapped norm_after": "the order is swapped. A norm here works on what the convolution reads, not on what it puts "
    "out.",
    "swapped activation_after": "the order is swapped. The norm then sees what the activation has already cut off.",
    "swapped": "the order is swapped.",
    "defined_elsewhere": "print shows the order of definition, not of the forward pass: if forward calls them in this "
    "order too, norm and convolution are swapped.",
    "no_shortcut kept": "here the block keeps its shape, and its input can be added; in the network that was meant it "
    "turns {inputs:,} channels into {outputs:,}.",
    "no_shortcut halves": "the block turns {inputs:,} channels into {outputs:,} and the map is halved, so its input "
    "cannot be added to its output as it is. The block was probably made without the downsample argument.",
    "no_shortcut grows": "the block turns {inputs:,} channels into {outputs:,}, so its input cannot be added to its "
    "output as it is. The block was probably made without the downsample argument.",
    "no_shortcut": "this option projects in every block, also where the shape stays.",
    "needless_shortcut plain": "a plain network has no shortcuts.",
    "needless_shortcut": "the block keeps its shape, so the identity fits. Probably the condition for the projection "
    "is always true, or every block gets the downsample that only a stage's first should get.",
    "no_projection_norm": "the shortcut's convolution needs its own batch norm, as the branch has one; otherwise the "
    "two summands have different scales.",
    "projection_stride halves": "the projection lacks stride=2: the branch halves the map and the shortcut does not, "
    "so the two cannot be added.",
    "projection_stride": "the branch keeps the size of the map, so the shortcut must keep it, too.",
    "needless_stride later_block": "only the first block of a stage halves the map; block {case.index} of stage "
    "{case.number} should keep it. The stride was probably handed to every block.",
    "needless_stride": "the first stage keeps the size of the map that the stem hands on.",
    "shortcut_strides": "the shortcut halves the map and the branch does not, so the two cannot be added: {read.local} "
    "needs stride=2.",
    "no_stride": "stage {case.number} should halve the map. The stride was probably not handed to its first block.",
    "two_strides": "{carrier} and {read.local} both stride, so the block shrinks the map {shrinks}-fold instead of "
    "2-fold. Only {carrier} should.",
    "moved_stride bottleneck": "the stride sits in another convolution than in the network that was meant: the paper "
    "(v1) has it in the first 1×1, torchvision (v1.5) in the 3×3.",
    "moved_stride": "a basic block strides in its first convolution.",
    "missing_stage": "it was never made, or its name was assigned twice.",
    "extra_stage": "the network was meant to have {meant} stages.",
    "block_count first_block": "the first one, which changes the shape, is missing.",
    "block_count too_few": "{gone:block} {are} missing from the list of blocks.",
    "block_count": "{gone:block} {are} too many in the list of blocks.",
    "width one_stage": "all its blocks agree, so the number was given wrong where the stage is made; the stem has the "
    "same width.",
    "width": "all its blocks agree, so the number was given wrong where the stage is made; widths usually double from "
    "stage to stage.",
    "shared": "one module is probably used several times, as torchvision does: a hook on it then fires each time.",
    "all_biases": "the norm after each convolution takes any bias out again; bias=False saves it.",
}
_WARNINGS = {
    *("bias", "missing unseen_activation", "extra unknown_in_block"),
    *("defined_elsewhere", "needless_shortcut", "moved_stride"),
}
_NOTES = {
    *("class fixed_pool", "free_bias", "inplace", "eps", "momentum", "extra unknown", "dropout"),
    *("shared", "all_biases"),
}


def explain(topic: str, it: Any = None, **words: Any) -> Finding:
    """Returns a finding with the first cause of a topic that holds for ``it``, or for ``words`` where it is None."""
    it = it or SimpleNamespace(**words)
    row, cause = first_cause(topic, CAUSES, CONDITIONS, it)
    severity = Severity.WARNING if {row, topic} & _WARNINGS else Severity.ERROR
    severity = Severity.NOTE if {row, topic} & _NOTES else severity
    what, key = TOPICS[topic]
    what, cause, key = (fill(sentence, it, **words) for sentence in (what, cause, key))
    return Finding(it.name, what, cause, severity, key)
