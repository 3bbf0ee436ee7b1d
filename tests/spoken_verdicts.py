"""Reads verdicts back out of what pages say: of which setting, at which moment, what.

Only the words count. A sentence that does not name its condition or its moment speaks of every condition and every
moment, as a reader takes it, so it contradicts whatever says something else of one of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations

_STATES = "vanishes entirely|vanishes|is healthy|explodes|is exactly zero|is no number"
_BOTH = {"both vanish": "vanishes", "both are healthy": "is healthy", "both explode": "explodes"}
_MOMENT = r"(?:before the first step|after \d+ steps?)"
_BRACKET = r"(?: \((?P<cond>[^)]*)\))?"
_NAME = r"(?P<name>[A-Z][^:()“”.]*?)"
_FINDING = re.compile(rf"{_NAME}{_BRACKET}: (?:(?P<moment>{_MOMENT}) )?the gradient (?P<state>{_STATES})")
_LATER = re.compile(rf", (?P<moment>{_MOMENT}) it (?P<state>{_STATES}) \(")
_PAIR = re.compile(
    rf"So (?P<moment>{_MOMENT} )?(?:here )?(?:(?P<both>{'|'.join(_BOTH)}): here (?P<change>.+?) (?:does|is) not"
    r"|it is (?P<keeps>.+?) that keeps the gradient healthy|(?P<harms>.+?) does harm)"
)
_RACE = re.compile(rf"So (?:(?P<moment>{_MOMENT}) )?“(?P<first>.+?)” is ahead of “(?P<second>.+?)”{_BRACKET}")
_BOTH_HEALTHY = re.compile(r"(?P<then>by then )?the gradients of both are healthy")
_ON_THE_WAY = re.compile(rf"that of “(?P<name>.+?)” (?:last )?(?P<state>{_STATES}) (?P<moment>{_MOMENT})")
_STACK = re.compile(
    rf"(?:(?P<moment>{_MOMENT}) \((?P<cond>[^)]*)\) the gradient )(?P<plain>{_STATES}) without skips; "
    rf"with (?P<skips>skips.*?), it (?P<skip>{_STATES})"
)
_OLD_STACK = re.compile(rf"Without skips it (?P<plain>{_STATES}), with skips it (?P<skip>{_STATES})")
_FORMS = re.compile(r"The residual form (?P<how>wins|does not win here)\. (?P<moment>After \d+ steps?)")
_INITS = {"Xavier init", "He fan-out init", "He fan-in init", "PyTorch's default init"}
_LOADED = re.compile(r"\b(vanish\w*|explode\w*|(?:un)?healthy|rescue\w*|dies|saves? it|does harm)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Setting:
    """What a verdict holds for; None where the words do not say, which then means all there are."""

    moment: str | None = None
    skips: str | None = None
    way: str | None = None
    activation: str | None = None
    norm: str | None = None
    init: str | None = None
    zero_init: str | None = None
    scale: str | None = None
    input: str | None = None
    convs: str | None = None

    def meets(self, other: "Setting") -> bool:
        """Whether some network at some moment is meant by both."""
        pairs = [(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)]
        return all(one is None or two is None or one == two for one, two in pairs)

    @property
    def is_named(self) -> bool:
        """Whether it has a moment and a condition."""
        return None not in (self.moment, self.skips, self.norm) and not (self.skips == "yes" and self.way is None)


@dataclass(frozen=True)
class Said:
    """One verdict: ``topic`` is "gradient" or "ahead", ``text`` the sentence, ``where`` the page it stands on."""

    topic: str
    verdict: str
    setting: Setting
    text: str
    where: str

    def denies(self, other: "Said") -> bool:
        """Whether both cannot be true."""
        if self.topic != other.topic or self.verdict == other.verdict or not self.setting.meets(other.setting):
            return False
        return {self.verdict, other.verdict} not in ({"is not healthy", "vanishes"}, {"is not healthy", "explodes"})


def contradictions(said: Sequence[Said]) -> list[tuple[Said, Said]]:
    """All pairs that say opposite things of one setting."""
    return [(one, two) for one, two in combinations(said, 2) if one.denies(two)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, without marks of Markdown; "After 30 steps ..." belongs to the sentence before it."""
    plain = re.sub(r"\*\*|:small|:gray|[\[\]\\]", "", text)
    return [
        each.strip(" -")
        for line in plain.splitlines()
        for each in re.split(r"(?<=[.!?])\s+(?=[A-Z“])(?!After \d)", line)
    ]


def spoken(text: str, where: str) -> list[Said]:
    """Every verdict of a text."""
    named: dict[str, Setting] = {}
    return [each for sentence in sentences(text) for each in _verdicts(sentence, where, named)]


def unnamed(text: str, where: str) -> list[str]:
    """The sentences that pass a verdict without its condition or its moment.

    A question passes none, nor does what stands in quotation marks: the claim of others, or a word that is explained.
    """
    named: dict[str, Setting] = {}
    found = []
    for sentence in sentences(text):
        verdicts = list(_verdicts(sentence, where, named))
        own = re.sub(r"“[^”]*”", "", sentence)
        if not _LOADED.search(own) or own.endswith("?") or " whether " in own:
            continue
        if not verdicts or not all(each.setting.is_named for each in verdicts if each.topic == "gradient"):
            found.append(f"{where}: {sentence}")
    return found


def _verdicts(sentence: str, where: str, named: dict[str, Setting]) -> Iterator[Said]:
    """The verdicts of one sentence; ``named`` is what the names that it uses stand for, as said before."""

    def say(verdict: str, setting: Setting, topic: str = "gradient") -> Said:
        return Said(topic, verdict.replace(" entirely", ""), setting, sentence, where)

    if found := _FINDING.search(sentence):
        setting = named[found["name"]] = _of_name(found["name"], _conditions(found["cond"]), sentence)
        yield say(found["state"], replace(setting, moment=found["moment"]))
        for later in _LATER.finditer(sentence):
            yield say(later["state"], replace(setting, moment=later["moment"]))
    elif found := _PAIR.search(sentence):
        yield from (say(*each) for each in _pair(found, sentence))
    elif found := _RACE.search(sentence):
        yield from (say(*each) for each in _race(found, sentence, named))
    elif found := _STACK.search(sentence) or _OLD_STACK.search(sentence):
        yield from (say(*each) for each in _stack(found.groupdict()))
    elif found := _FORMS.search(sentence):
        winner = "residual, plain" if found["how"] == "wins" else "plain, residual"
        yield say(winner, Setting(moment=found["moment"].lower()), "ahead")


def _conditions(words: str | None) -> Setting:
    """What stands in the brackets behind a name."""
    if words is None:
        return Setting()
    parts = [part.strip() for part in re.split("[;,]", words)]
    through = re.search(r"(goes through|bypass(?:es)?|starts behind) the ([\w ]+)", words)
    scale = re.search(r"weights of scale ([\d.]+)", words)
    init = next((part for part in parts if part in _INITS), f"scale {scale[1]}" if scale else None)
    plain = parts[0] == "plain"
    return Setting(
        skips="no" if plain else "yes" if through else None,
        way=through[1].replace("bypasses", "bypass") if through else None,
        activation=parts[1] if plain else through[2] if through else None,
        norm=next((part for part in parts if part.endswith("norm")), None),
        init="Xavier init" if init == "scale 1" else init,  # with as many inputs as outputs the same: 1 / √inputs
        zero_init="yes" if "zero-init" in parts else "no",
        scale="yes" if "learned scale" in parts else "no",
        input=next((part for part in parts if part in ("noise", "digits", "a picture")), None),
    )


def _of_name(name: str, setting: Setting, sentence: str = "") -> Setting:
    """The setting of a name; of a name without a condition, what the name itself says."""
    convs = re.search(r"each of (\d+) convolutions", sentence)
    if name == "No shortcuts" or name.startswith("Shortcut "):
        setting = replace(setting, skips="no" if name == "No shortcuts" else "yes")
    return replace(setting, convs=convs[1] if convs else None)


def _pair(found: re.Match[str], sentence: str) -> Iterator[tuple[str, Setting]]:
    """A conclusion about two networks: the first has what the second has not."""
    change = found["change"] or found["keeps"] or found["harms"]
    bracket = re.search(r"\(([^)]*)\)\.?$", sentence)
    words = bracket[1] if bracket else None
    moment = found["moment"].strip() if found["moment"] else None
    first = second = replace(_conditions(words), moment=moment)
    if change == "the shortcut":
        first, second = replace(first, skips="yes"), replace(second, skips="no", way=None)
    elif words and (both := re.match(r"with it (.*?); without it ([^;]*)(;.*)", words)):
        first, second = (replace(_conditions(way + both[3]), moment=moment) for way in (both[1], both[2]))
    elif change == "zero-init":
        first, second = replace(first, zero_init="yes"), replace(second, zero_init="no")
    elif change == "the learned scale":
        first, second = replace(first, scale="yes"), replace(second, scale="no")
    elif change == "the norm":
        first, second = replace(first, norm="batch norm"), replace(second, norm="no norm")
    if found["both"]:
        states = (_BOTH[found["both"]],) * 2
    else:
        states = ("is healthy", "is not healthy") if found["keeps"] else ("is not healthy", "is healthy")
    yield from zip(states, (first, second), strict=True)


def _race(
    found: re.Match[str], sentence: str, named: Mapping[str, Setting]
) -> Iterator[tuple[str, Setting, str] | tuple[str, Setting]]:
    """Who is ahead, and what is said of the gradients on the way."""
    names = found["first"], found["second"]
    shared = replace(_conditions(found["cond"]), moment=found["moment"], skips=None)
    yield ", ".join("plain" if each == "No shortcuts" else "residual" for each in names), shared, "ahead"
    if both := _BOTH_HEALTHY.search(sentence):
        for name in names:
            yield "is healthy", replace(_of(name, named), moment=found["moment"] if both["then"] else None)
    for each in _ON_THE_WAY.finditer(sentence):
        yield each["state"], replace(_of(each["name"], named), moment=each["moment"])


def _of(name: str, named: Mapping[str, Setting]) -> Setting:
    return named.get(name, _of_name(name, Setting()))


def _stack(found: Mapping[str, str | None]) -> Iterator[tuple[str, Setting]]:
    """The Saturation lesson's two stacks, without skips and with."""
    skip = _conditions(f"{found['skips']}; {found['cond']}") if found.get("cond") else Setting()
    skip = replace(skip, moment=found.get("moment"), skips="yes")
    yield str(found["plain"]), replace(skip, skips="no", way=None)
    yield str(found["skip"]), skip
