"""Finds wrong strides of a block: where it halves the map, and where it should."""

from collections.abc import Iterator
from math import prod
from types import SimpleNamespace

from explorer.check.matching.layers import Match
from explorer.check.rules import causes
from explorer.check.rules.finding import Case, Fault
from explorer.check.rules.sentences import Finding
from explorer.network.layer import Kind


def block_strides(case: Case) -> Iterator[Finding]:
    """Yields at most one finding for all wrong strides of a block. The stem's are left to ``layer_kernels``."""
    if not case.unit.intended.name:
        return
    main = case.faults("stride", Kind.CONV, on_shortcut=False)
    shortcut = case.faults("stride", Kind.CONV, Kind.POOL, Kind.PAD, on_shortcut=True)
    findings = list(_explained(case, main, shortcut))
    for fault in (*main, *shortcut) if findings else ():
        case.take(fault.match, "stride")
    yield from findings


def _explained(case: Case, main: list[Fault], shortcut: list[Fault]) -> Iterator[Finding]:
    convs = [(match.read, match.intended) for match in case.unit.main if match.read and match.intended]
    convs = [(read, intended) for read, intended in convs if intended.kind is Kind.CONV]
    shrinks = prod((read.stride or intended.stride or (1, 1))[0] for read, intended in convs)
    if not main:
        for fault in shortcut[:1]:
            yield from causes.explain(f"projection stride {case.halves}", causes.PROJECTION_STRIDE, fault)
    elif not case.halves:
        yield from causes.explain(f"needless stride {case.index > 0}", causes.NEEDLESS_STRIDE, main[0])
    elif shrinks == 1:
        halves = not shortcut and any(match.read and match.intended for match in case.unit.shortcut if _is_conv(match))
        yield from causes.explain(
            f"no stride {halves}", causes.SHORTCUT_STRIDES if halves else causes.NO_STRIDE, main[0]
        )
    else:
        extra = [fault for fault in main if fault.expected == (1, 1)]
        meant = [fault.intended.local for fault in main if fault.expected != (1, 1)]
        if shrinks > 2:
            carriers = [read.local for read, intended in convs if intended.stride != (1, 1)]
            found = _about((extra or main)[0], carrier=carriers[0] if carriers else "", shrinks=shrinks)
            yield from causes.explain("two strides", causes.TWO_STRIDES, found)
        elif extra and meant:
            yield from causes.explain("moved stride", causes.MOVED_STRIDE, _about(extra[0], meant=meant[0]))


def _is_conv(match: Match) -> bool:
    return match.intended is not None and match.intended.kind is Kind.CONV


def _about(fault: Fault, **words: object) -> SimpleNamespace:
    return SimpleNamespace(
        name=fault.name, case=fault.case, read=fault.read, has=fault.has, expected=fault.expected, **words
    )
