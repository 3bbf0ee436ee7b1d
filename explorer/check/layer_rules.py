"""Mistakes of single layers, and those that follow from them."""

from collections.abc import Iterator

from explorer.check.align import Match
from explorer.check.compare import is_harmless
from explorer.check.findings import KIND_WORDS, Case, Finding, conv_words, one, square
from explorer.check.values import Pair, ReadLayer, Severity
from explorer.config import Norm, Order
from explorer.layer import Kind
from explorer.units import counted


def widths(case: Case) -> Iterator[Finding]:
    """Channels: a wrong one is reported once, where it begins, and not again in what follows from it."""
    for beside in (False, True):
        path = case.unit.shortcut if beside else case.unit.main
        arriving = case.arriving[0]
        for place, match in enumerate(path):
            if match.read is None or match.want is None:
                arriving = match.read.outputs or arriving if match.read else arriving
                continue
            if match.want.kind is Kind.CONV:
                _follows(case, match, "inputs", arriving)
                yield from _conv_width(case, match, path[place + 1 :], beside=beside)
                arriving = match.read.outputs or arriving
            elif match.want.kind is Kind.NORM:
                _follows(case, match, "outputs", arriving)
                yield from _norm_width(case, match, path)


def _follows(case: Case, match: Match, name: str, arriving: int | None) -> None:
    """What equals what arrives is no mistake of this layer."""
    has = case.left(match).get(name)
    if has is not None and arriving is not None and has[0] == arriving:
        case.pop(match, name)


def _conv_width(case: Case, match: Match, after: tuple[Match, ...], *, beside: bool) -> Iterator[Finding]:
    read, want = match.read, match.want
    if read is None or want is None:
        return
    if inputs := case.pop(match, "inputs"):
        gets = f"it gets {inputs[1]:,} channels" if isinstance(inputs[1], int) else "it gets others"
        yield Finding(
            read.name,
            f"reads {_count(inputs[0])}, expected {_count(inputs[1])}",
            f"{gets} from what runs before it, so running it would fail. Its first argument (in_channels) is wrong.",
            Severity.ERROR,
            ("inputs", read.local, _ratio(inputs)),
        )
    if outputs := case.pop(match, "outputs"):
        yield Finding(
            read.name,
            f"puts out {_count(outputs[0])}, expected {_count(outputs[1])}",
            _width_cause(case, match, after, beside=beside),
            Severity.ERROR,
            ("outputs", read.local, _ratio(outputs)),
        )


def _width_cause(case: Case, match: Match, after: tuple[Match, ...], *, beside: bool) -> str:
    read, want = match.read, match.want
    has, expected = (read.outputs or 0, want.outputs or 0) if read and want else (0, 0)
    last = not any(entry.want and entry.want.kind is Kind.CONV for entry in after)
    if case.config.expansion == 4 and has * 4 == expected and (last or beside):
        where = "the projection puts" if beside else "the last 1×1 of a bottleneck puts"
        return f"the expansion was forgotten: {where} out 4 × the width, {has:,} × 4 = {expected:,}."
    if beside:
        return f"the branch puts out {expected:,} channels, and the sum needs as many."
    if case.config.expansion == 4 and has == 2 * expected and not last and case.unit.want.name:
        return "inside of its bottlenecks the network is twice as wide, as Wide ResNet-50-2 and ResNeXt are."
    if last and case.unit.want.name:
        return f"the sum with the shortcut needs {expected:,} channels."
    following = [entry.read for entry in after[:1] if entry.read and entry.read.kind is Kind.NORM]
    if following and following[0].outputs == expected:
        return (
            f"{following[0].local} after it expects {expected:,}, so running it would fail. The convolution is wrong."
        )
    return "the layers after it have the same number, so it runs, but with another width than was meant."


def _norm_width(case: Case, match: Match, path: tuple[Match, ...]) -> Iterator[Finding]:
    features = case.pop(match, "outputs")
    if not features or match.read is None:
        return
    post = case.config.order is Order.POST
    convs = [entry.read for entry in path[: path.index(match)] if entry.read and entry.read.kind is Kind.CONV]
    conv = convs[-1] if convs and post else None
    if conv is None:
        cause = "a norm needs as many features as the map that it reads has channels; running it would fail."
    elif features[0] == conv.inputs:
        cause = f"it has as many features as {conv.local} reads; it needs as many as {conv.local} puts out."
    else:
        cause = f"{conv.local} before it puts out {_count(conv.outputs)}: a norm needs as many features, or it fails."
    yield Finding(
        match.read.name,
        f"has {_features(features[0])}, expected {_number(features[1])}",
        cause,
        Severity.ERROR,
        ("features", match.read.local, _ratio(features)),
    )


def kernels(case: Case) -> Iterator[Finding]:
    """Kernel, padding, dilation and groups of convolutions, and kernels of pools."""
    for match in (entry for entry in case.all if case.left(entry)):
        read, want = match.read, match.want
        if read is None or want is None or want.kind not in (Kind.CONV, Kind.POOL):
            continue
        kernel, padding = case.pop(match, "kernel"), case.pop(match, "padding")
        if kernel:
            yield _kernel(read, want, padding is not None)
        elif padding:
            yield _padding(read, want)
        if dilation := case.pop(match, "dilation"):
            cause = "dilation spreads the kernel; a residual network for classification has none."
            yield _plain(read, "dilation", dilation, cause)
        if groups := case.pop(match, "groups"):
            cause = "groups make it a ResNeXt or a depthwise convolution, with fewer weights."
            yield _plain(read, "groups", groups, cause)
        if stride := case.pop(match, "stride"):
            cause = "the maps after it have another size than they were meant to have."
            yield _plain(read, "stride", stride, cause)
        if sizes := case.pop(match, "size"):
            yield _size(read, want, sizes)
        if params := case.pop(match, "params"):
            yield Finding(
                read.name,
                f"has {_number(params[0])} parameters, expected {_number(params[1])}",
                f"expected {conv_words(want)}; the number fits no square kernel with these channels, so groups, or "
                "another number of channels, are likely.",
                Severity.ERROR,
                ("params", read.local, _ratio(params)),
            )


def _size(read: ReadLayer, want: ReadLayer, sizes: tuple[object, object]) -> Finding:
    has, expected = (entry if isinstance(entry, tuple) else (0, 0) for entry in sizes)
    cause = f"the padding is larger than the {one(want.padding)} that was meant."
    if has < expected:
        cause = (
            f"a {square(want.kernel)} kernel needs padding {one(want.padding)}. padding=0 is PyTorch's default: it was "
            "probably left out."
        )
    what = f"puts out {square(has)} of {square(read.before)} pixels, expected {square(expected)}"
    return Finding(read.name, what, cause, Severity.ERROR, ("size", read.local))


def _plain(read: ReadLayer, name: str, pair: tuple[object, object], cause: str) -> Finding:
    what = f"has {name} {one(pair[0])}, expected {one(pair[1])}"
    return Finding(read.name, what, cause, Severity.ERROR, (name, read.local, pair))


def _kernel(read: ReadLayer, want: ReadLayer, padding_too: bool) -> Finding:
    keeps = _keeps(read.kernel, read.padding)
    what = f"has a {square(read.kernel)} kernel, expected {square(want.kernel)}"
    if want.kind is Kind.POOL:
        cause = "the pool covers another window than it was meant to."
    elif read.padding is None:
        cause = "the kernel_size is another than in the network that was meant."
    elif keeps:
        also = f", with padding {one(read.padding)} to fit" if padding_too else ""
        has, expected = (sides[0] * sides[1] if sides else 0 for sides in (read.kernel, want.kernel))
        cause = (
            f"kernel_size is {one(read.kernel)}{also}: it runs, with {has} weights for each pair of channels instead "
            f"of {expected}."
        )
    else:
        cause = (
            f"with padding {one(read.padding)} a {square(read.kernel)} kernel also changes the size of the map: it "
            f"would need {one(tuple(side // 2 for side in read.kernel or (0,)))}."
        )
    return Finding(read.name, what, cause, Severity.ERROR, ("kernel", read.local, read.kernel, want.kernel))


def _keeps(kernel: Pair | None, padding: Pair | None) -> bool:
    return kernel is not None and padding is not None and all(p == k // 2 for k, p in zip(kernel, padding, strict=True))


def _padding(read: ReadLayer, want: ReadLayer) -> Finding:
    has, needs = read.padding or (0, 0), want.padding or (0, 0)
    change = 2 * (has[0] - needs[0])
    size = f"{'grows' if change > 0 else 'shrinks'} by {abs(change)} in height and width"
    if want.stride != (1, 1):
        size = f"gets {'larger' if change > 0 else 'smaller'} than it was meant to be"
    cause = f"a {square(read.kernel)} kernel needs padding {one(needs)}; with {one(has)} the map {size}."
    if not has[0]:
        cause += " padding=0 is PyTorch's default: it was probably left out."
    what = f"has padding {one(has)}, expected {one(needs)}"
    return Finding(read.name, what, cause, Severity.ERROR, ("padding", read.local, has))


def biases(case: Case) -> Iterator[Finding]:
    """A bias too many or too few."""
    for match in (entry for entry in case.all if "bias" in case.left(entry)):
        bias = case.pop(match, "bias")
        if bias is None or match.read is None:
            continue
        name, local = match.read.name, match.read.local
        normed = case.config.norm is Norm.BATCH
        if bias[0]:
            cause = (
                "the norm subtracts the mean, and with it any bias, so it has no effect. bias=False was left out."
                if normed
                else "the other convolutions have none."
            )
            yield Finding(name, "has a bias, expected none", cause, Severity.WARNING, ("bias", local))
        else:
            cause = "bias=False was written where the network that was meant has a bias."
            yield Finding(name, "has no bias, expected one", cause, Severity.ERROR, ("no bias", local))


def classes(case: Case) -> Iterator[Finding]:
    """Layers of the right kind but of another class."""
    for match in (entry for entry in case.all if "class" in case.left(entry)):
        pair = case.pop(match, "class")
        if pair is None or match.read is None or match.want is None:
            continue
        kind, has = match.want.kind, str(pair[0])
        severity = Severity.ERROR
        cause = f"{pair[1]} was meant."
        if kind is Kind.ACTIVATION:
            cause = f"another activation than elsewhere: {pair[1]} was meant."
        elif has in ("BatchNorm1d", "BatchNorm3d", "Conv1d", "Conv3d"):
            cause = f"{has} does not take maps of height and width: it fails when it runs. {pair[1]} was meant."
        elif match.want.name == "avgpool" and has == "AvgPool2d":
            size = square(match.read.kernel) if match.read.kernel else "fixed"
            cause = f"its {size} window fits one image size only; AdaptiveAvgPool2d takes any."
            severity = Severity.NOTE
        what = f"is {_article(has)} {has}, expected {_article(str(pair[1]))} {pair[1]}"
        yield Finding(match.read.name, what, cause, severity, ("class", kind, has))


def _article(word: str) -> str:
    return "an" if word[:1] in "AEIOU" else "a"


def classifier(case: Case) -> Iterator[Finding]:
    """The linear layer's two numbers."""
    for match in case.pairs(Kind.LINEAR, beside=False):
        _follows(case, match, "inputs", case.arriving[0])
        inputs, outputs = case.pop(match, "inputs"), case.pop(match, "outputs")
        if match.read is None:
            continue
        if inputs:
            yield Finding(
                match.read.name,
                f"reads {_features(inputs[0])}, expected {_number(inputs[1])}",
                _classifier_cause(case, inputs),
                Severity.ERROR,
                ("features", "fc"),
            )
        if outputs:
            cause = "the number of classes is another than that of the network that was meant."
            what = f"has {_number(outputs[0])} outputs, expected {_number(outputs[1])}"
            yield Finding(match.read.name, what, cause, Severity.ERROR, ("classes",))


def _classifier_cause(case: Case, inputs: tuple[object, object]) -> str:
    has, expected = inputs
    if not isinstance(has, int) or not isinstance(expected, int):
        return "it does not fit what arrives."
    if has * 4 == expected and case.config.expansion == 4:
        return f"the expansion was forgotten: the last block puts out {has:,} × 4 = {expected:,} channels."
    side = round((has / expected) ** 0.5)
    if side > 1 and side * side * expected == has:
        return f"{has:,} = {expected:,}·{side}·{side}: the map is flattened without being pooled."
    return f"the last block puts out {expected:,} channels, so running it would fail."


def lone(case: Case) -> Iterator[Finding]:
    """Layers that are missing, and layers that nobody expected."""
    for match in case.missing(*Kind):
        case.close(match)
        if match.want:
            yield _missing(case, match.want)
    for match in case.extra():
        case.close(match)
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


def _missing(case: Case, want: ReadLayer) -> Finding:
    name = case.name_of(want)
    cause = _MISSING.get(want.kind, "it was never made.") if want.kind else ""
    if want.kind in (Kind.CONV, Kind.NORM) and want.local.endswith("1"):
        cause = "it was never made."
    if want.name == "bn_last":
        cause = "sums of pre-activation blocks are never normalised, so a last norm belongs before the pool."
    if want.kind is Kind.POOL and want.name == "maxpool":
        cause = "the stages then see a map of twice the height and width, unless forward calls F.max_pool2d."
    elif want.kind is Kind.POOL and want.name == "avgpool":
        cause = "the classifier needs one value a channel, so something has to pool the map before it."
    severity = Severity.WARNING if want.kind is Kind.ACTIVATION and not case.view.ordered else Severity.ERROR
    what = f"is missing: expected {conv_words(want)}" if want.kind is Kind.CONV else "is missing"
    return Finding(name, what, cause, severity, ("missing", name.removeprefix(case.name)))


def _extra(case: Case, read: ReadLayer) -> Finding:
    if is_harmless(read):
        cause = "Dropout does nothing when the network is evaluated; ResNets do without it."
        return Finding(read.name, "is extra", cause, Severity.NOTE, ("extra", read.class_name))
    noun = KIND_WORDS[read.kind].partition(" ")[2] if read.kind else read.class_name or "layer"
    what = f"is one {noun} more than expected"
    causes = {
        Kind.CONV: "the block has a convolution too many.",
        Kind.NORM: "two norms in a row, or one where none belongs.",
        Kind.ACTIVATION: "an activation where none belongs changes what the layers around it compute.",
        Kind.POOL: "it makes the map smaller than it was meant to be.",
        Kind.LINEAR: "the classifier of a ResNet is one linear layer.",
    }
    cause = (
        causes.get(read.kind, "no residual network here has it.") if read.kind else "no residual network here has it."
    )
    severity = Severity.WARNING if read.kind is None else Severity.ERROR
    return Finding(read.name, what, cause, severity, ("extra", read.local, read.kind, bool(case.name)))


def habits(case: Case) -> Iterator[Finding]:
    """What leaves the network what it is."""
    for match in case.all:
        if match.read is None:
            continue
        if case.pop(match, "inplace"):
            cause = "it saves memory, but hooks before it then see its result; some attribution methods fail with it."
            yield Finding(match.read.name, "works in place", cause, Severity.NOTE, ("inplace",))
        for name in ("eps", "momentum"):
            if pair := case.pop(match, name):
                cause = f"PyTorch's default is {pair[1]}. Weights do not change with it, results do a little."
                yield Finding(match.read.name, f"has {name} {pair[0]}", cause, Severity.NOTE, (name, pair[0]))


def _count(channels: object) -> str:
    return counted(channels, "channel") if isinstance(channels, int) else "unknown channels"


def _features(count: object) -> str:
    return counted(count, "feature") if isinstance(count, int) else "unknown features"


def _number(count: object) -> str:
    return f"{count:,}" if isinstance(count, int) else "unknown"


def _ratio(pair: tuple[object, object]) -> object:
    has, expected = pair
    return has / expected if isinstance(has, int) and isinstance(expected, int) and expected else pair
