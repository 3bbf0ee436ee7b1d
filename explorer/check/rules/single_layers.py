"""Explains mistakes of single layers, after the rules that explain several layers at once."""

from collections.abc import Iterator

from explorer.check.matching.layers import is_harmless
from explorer.check.rules.finding import (
    KIND_WORDS,
    Case,
    Finding,
    conv_words,
    number_words,
    side_words,
    size_words,
    times_expected,
)
from explorer.check.values import Pair, ReadLayer, Severity
from explorer.network.layer import Kind
from explorer.network.options import Norm, Order


def layer_kernels(case: Case) -> Iterator[Finding]:
    """Finds wrong kernels, paddings, dilations, groups and strides of convolutions and pools."""
    for match in (entry for entry in case.matches if case.unexplained(entry)):
        read, intended = match.read, match.intended
        if read is None or intended is None or intended.kind not in (Kind.CONV, Kind.POOL):
            continue
        kernel, padding = case.take(match, "kernel"), case.take(match, "padding")
        if kernel:
            yield _kernel(read, intended, padding is not None)
        elif padding:
            yield _padding(read, intended)
        if dilation := case.take(match, "dilation"):
            cause = "dilation spreads the kernel; a residual network for classification has none."
            yield _plain(read, "dilation", dilation, cause)
        if groups := case.take(match, "groups"):
            cause = "groups make it a ResNeXt or a depthwise convolution, with fewer weights."
            yield _plain(read, "groups", groups, cause)
        if stride := case.take(match, "stride"):
            cause = "the maps after it have another size than they were meant to have."
            yield _plain(read, "stride", stride, cause)
        if sizes := case.take(match, "size"):
            yield _size(read, intended, sizes)
        if params := case.take(match, "params"):
            yield Finding(
                read.name,
                f"has {number_words(params[0])} parameters, expected {number_words(params[1])}",
                f"expected {conv_words(intended)}; the number fits no square kernel with these channels, so groups, or "
                "another number of channels, are likely.",
                Severity.ERROR,
                ("params", read.local, times_expected(params)),
            )


def _size(read: ReadLayer, intended: ReadLayer, sizes: tuple[object, object]) -> Finding:
    has, expected = (entry if isinstance(entry, tuple) else (0, 0) for entry in sizes)
    cause = f"the padding is larger than the {side_words(intended.padding)} that was meant."
    if has < expected:
        cause = (
            f"a {size_words(intended.kernel)} kernel needs padding {side_words(intended.padding)}. padding=0 is "
            "PyTorch's default: it was probably left out."
        )
    what = f"puts out {size_words(has)} of {size_words(read.before)} pixels, expected {size_words(expected)}"
    return Finding(read.name, what, cause, Severity.ERROR, ("size", read.local))


def _plain(read: ReadLayer, name: str, pair: tuple[object, object], cause: str) -> Finding:
    what = f"has {name} {side_words(pair[0])}, expected {side_words(pair[1])}"
    return Finding(read.name, what, cause, Severity.ERROR, (name, read.local, pair))


def _kernel(read: ReadLayer, intended: ReadLayer, padding_too: bool) -> Finding:
    keeps = _keeps(read.kernel, read.padding)
    what = f"has a {size_words(read.kernel)} kernel, expected {size_words(intended.kernel)}"
    if intended.kind is Kind.POOL:
        cause = "the pool covers another window than it was meant to."
    elif read.padding is None:
        cause = "the kernel_size is another than in the network that was meant."
    elif keeps:
        also = f", with padding {side_words(read.padding)} to fit" if padding_too else ""
        has, expected = (sides[0] * sides[1] if sides else 0 for sides in (read.kernel, intended.kernel))
        cause = (
            f"kernel_size is {side_words(read.kernel)}{also}: it runs, with {has} weights for each pair of channels "
            f"instead of {expected}."
        )
    else:
        cause = (
            f"with padding {side_words(read.padding)} a {size_words(read.kernel)} kernel also changes the size of the "
            f"map: it would need {side_words(tuple(side // 2 for side in read.kernel or (0,)))}."
        )
    return Finding(read.name, what, cause, Severity.ERROR, ("kernel", read.local, read.kernel, intended.kernel))


def _keeps(kernel: Pair | None, padding: Pair | None) -> bool:
    return kernel is not None and padding is not None and all(p == k // 2 for k, p in zip(kernel, padding, strict=True))


def _padding(read: ReadLayer, intended: ReadLayer) -> Finding:
    has, needs = read.padding or (0, 0), intended.padding or (0, 0)
    change = 2 * (has[0] - needs[0])
    size = f"{'grows' if change > 0 else 'shrinks'} by {abs(change)} in height and width"
    if intended.stride != (1, 1):
        size = f"gets {'larger' if change > 0 else 'smaller'} than it was meant to be"
    cause = (
        f"a {size_words(read.kernel)} kernel needs padding {side_words(needs)}; with {side_words(has)} the map {size}."
    )
    if not has[0]:
        cause += " padding=0 is PyTorch's default: it was probably left out."
    what = f"has padding {side_words(has)}, expected {side_words(needs)}"
    return Finding(read.name, what, cause, Severity.ERROR, ("padding", read.local, has))


def layer_biases(case: Case) -> Iterator[Finding]:
    """Finds a bias too many or too few."""
    for match in (entry for entry in case.matches if "bias" in case.unexplained(entry)):
        bias = case.take(match, "bias")
        if bias is None or match.read is None:
            continue
        name, local = match.read.name, match.read.local
        if bias[0] and _norm_follows(case, match.read):
            cause = "the norm subtracts the mean, and with it any bias, so it has no effect. bias=False was left out."
            yield Finding(name, "has a bias, expected none", cause, Severity.WARNING, ("bias", local))
        elif bias[0]:
            cause = "no norm follows it that would take the bias out again; most convolutions have none."
            yield Finding(name, "has a bias", cause, Severity.NOTE, ("bias", local))
        else:
            cause = "bias=False was written where the network that was meant has a bias."
            yield Finding(name, "has no bias, expected one", cause, Severity.ERROR, ("no bias", local))


def _norm_follows(case: Case, conv: ReadLayer) -> bool:
    """Whether a norm comes next on the convolution's path: it would undo any bias."""
    for path in (case.unit.read.main, case.unit.read.shortcut):
        kinds = [layer.kind for layer in path[path.index(conv) + 1 :]] if conv in path else []
        if kinds:
            return kinds[0] is Kind.NORM
    return case.config.norm is not Norm.NONE and case.config.order is Order.POST and conv in case.unit.read.main


def layer_classes(case: Case) -> Iterator[Finding]:
    """Finds layers of the right kind and the wrong class."""
    for match in (entry for entry in case.matches if "class" in case.unexplained(entry)):
        pair = case.take(match, "class")
        if pair is None or match.read is None or match.intended is None:
            continue
        kind, has = match.intended.kind, str(pair[0])
        severity = Severity.ERROR
        cause = f"{pair[1]} was meant."
        if kind is Kind.ACTIVATION:
            cause = f"another activation than elsewhere: {pair[1]} was meant."
        elif has in ("BatchNorm1d", "BatchNorm3d", "Conv1d", "Conv3d"):
            cause = f"{has} does not take maps of height and width: it fails when it runs. {pair[1]} was meant."
        elif match.intended.name == "avgpool" and has == "AvgPool2d":
            size = size_words(match.read.kernel) if match.read.kernel else "fixed"
            cause = f"its {size} window fits one image size only; AdaptiveAvgPool2d takes any."
            severity = Severity.NOTE
        what = f"is {_article(has)} {has}, expected {_article(str(pair[1]))} {pair[1]}"
        yield Finding(match.read.name, what, cause, severity, ("class", kind, has))


def _article(word: str) -> str:
    return "an" if word[:1] in "AEIOU" else "a"


def missing_and_extra(case: Case) -> Iterator[Finding]:
    """Reports every layer without counterpart that no other rule has explained."""
    for match in case.missing(*Kind):
        case.explain(match)
        if match.intended:
            yield _missing(case, match.intended)
    for match in case.extra():
        case.explain(match)
        if match.read:
            yield _extra(case, match.read)


_MISSING = {
    Kind.CONV: "either it was never made, or the name of a convolution before it was assigned twice.",
    Kind.NORM: "either it was never made, or the name of a norm before it was assigned twice.",
    Kind.ACTIVATION: "without it two linear layers follow each other, unless forward calls it as a function.",
    Kind.ADD: "without the sum there is no shortcut here, though other blocks have one.",
    Kind.PAD: "new channels need zeros before the shortcut can be added.",
    Kind.LINEAR: "the network ends before its classifier.",
}


def _missing(case: Case, intended: ReadLayer) -> Finding:
    name = case.name_of(intended)
    cause = _MISSING.get(intended.kind, "it was never made.") if intended.kind else ""
    if intended.kind in (Kind.CONV, Kind.NORM) and intended.local.endswith("1"):
        cause = "it was never made."
    if intended.name == "bn_last":
        cause = "sums of pre-activation blocks are never normalised, so a last norm belongs before the pool."
    if intended.kind is Kind.POOL and intended.name == "maxpool":
        cause = "the stages then see a map of twice the height and width, unless forward calls F.max_pool2d."
    elif intended.kind is Kind.POOL and intended.name == "avgpool":
        cause = "the classifier needs one value a channel, so something has to pool the map before it."
    severity = Severity.WARNING if intended.kind is Kind.ACTIVATION and not case.visible.ordered else Severity.ERROR
    what = f"is missing: expected {conv_words(intended)}" if intended.kind is Kind.CONV else "is missing"
    return Finding(name, what, cause, severity, ("missing", name.removeprefix(case.name)))


def _extra(case: Case, read: ReadLayer) -> Finding:
    if is_harmless(read):
        cause = "Dropout does nothing when the network is evaluated; ResNets do without it."
        return Finding(read.name, "is extra", cause, Severity.NOTE, ("extra", read.class_name))
    noun = KIND_WORDS[read.kind].partition(" ")[2] if read.kind else read.class_name or "layer"
    what = f"is one {noun} more than expected"
    causes: dict[Kind | None, str] = {
        Kind.CONV: "the block has a convolution too many.",
        Kind.NORM: "two norms in a row, or one where none belongs.",
        Kind.ACTIVATION: "an activation where none belongs changes what the layers around it compute.",
        Kind.POOL: "it makes the map smaller than it was meant to be.",
        Kind.LINEAR: "the classifier of a ResNet is one linear layer.",
    }
    cause = causes.get(read.kind, "no residual network here has it.")
    severity = Severity.ERROR
    if read.kind is None:  # beside the blocks it may only flatten or scale
        severity = Severity.WARNING if case.name else Severity.NOTE
    return Finding(read.name, what, cause, severity, ("extra", read.local, read.kind, bool(case.name)))


def layer_notes(case: Case) -> Iterator[Finding]:
    """Notes what leaves the network what it is: in-place activations and other eps or momentum."""
    for match in case.matches:
        if match.read is None:
            continue
        if case.take(match, "inplace"):
            cause = "it saves memory, but hooks before it then see its result; some attribution methods fail with it."
            yield Finding(match.read.name, "works in place", cause, Severity.NOTE, ("inplace",))
        for name in ("eps", "momentum"):
            if pair := case.take(match, name):
                cause = f"PyTorch's default is {pair[1]}. Weights do not change with it, results do a little."
                yield Finding(match.read.name, f"has {name} {pair[0]}", cause, Severity.NOTE, (name, pair[0]))
