"""Truths of pictures and their maps, as the Grad-CAM page tells them of the network that comes with the app."""

from dataclasses import dataclass

from explorer.cam.check_verdicts import Belief, Check
from explorer.cam.evidence_place import locate_evidence
from explorer.cam.foreground import Foreground, foreground_of
from explorer.cam.map_description import guess_sentence, picture_sentences
from explorer.cam.object_evidence import ObjectEvidence, evidence_on
from explorer.cam.page_jobs import Asked, examine_once, first_look
from explorer.cam.results import Examination, Look
from explorer.cam.verdict import curve_check, verdict, weights_check
from explorer.jobs.idle import Request
from explorer.paths.answers import Measured, Truth
from explorer.paths.truths.pictures import BAG, BOOT, OTHER_BOOT, OTHER_CLASS, PALACE
from explorer.pictures.decode import read_picture
from explorer.pictures.samples import sample, sample_bytes
from explorer.weights.catalogue import EMBEDDED, embedded


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A sample as the embedded network sees it, and the object in it where there is one."""

    look: Look
    foreground: Foreground | None


def look_at_sample(key: str, device: str, name: str = "") -> Seen:
    """What the embedded network makes of a sample picture, prepared as on the page; for the class of that ``name``,
    the likeliest one if not given."""
    weights = embedded()
    crop = weights.preprocess.cropped(read_picture(sample_bytes(key)))
    target = weights.classes.index(name) if name else None
    look = first_look(Asked(EMBEDDED, device), picture=weights.preprocess.numbers(crop), target=target)
    return Seen(look, foreground_of(crop))


def examine_sample(key: str, device: str) -> tuple[Look, Examination]:
    """The three tests of the last block's map of a sample picture."""
    preprocess = embedded().preprocess
    picture = preprocess.numbers(preprocess.cropped(read_picture(sample_bytes(key))))
    look = first_look(Asked(EMBEDDED, device), picture=picture)
    last = look.maps[-1]
    asked = Asked(EMBEDDED, device)
    found = examine_once(asked, picture=picture, values=last.values, target=look.target, layer=last.layer)
    return look, found


def palace(device: str) -> Measured:
    """Whether to believe what a network that knows clothing says of a palace."""
    return Measured(
        Request(look_at_sample, (PALACE, device), device),
        lambda seen: Truth("no" if seen.look.is_strange else "yes", (guess(seen.look),)),
    )


def on_the_boot(device: str) -> Measured:
    """Of 100 parts of the evidence, how many lie on the object."""
    return Measured(Request(look_at_sample, (BOOT, device), device), _share_on_object)


def _share_on_object(seen: Seen) -> Truth:
    evidence = _evidence(seen)
    return Truth(100 * evidence.share if evidence else None, said_of_map(seen))


def other_class(device: str) -> Measured:
    """Where the evidence for a class lies that the picture does not show: on the object, beside it, or nowhere."""
    return Measured(Request(look_at_sample, (BOOT, device, OTHER_CLASS), device), _place)


def _place(seen: Seen) -> Truth:
    evidence = _evidence(seen)
    if evidence is None:
        return Truth("nowhere" if seen.look.maps[-1].all_negative else None, said_of_map(seen))
    share, area = (round(100 * each) for each in (evidence.share, evidence.area))  # as the page says them
    return Truth("on" if share > area else "beside", said_of_map(seen))


def _evidence(seen: Seen) -> ObjectEvidence | None:
    """How much of the last block's evidence lies on the object; None without evidence, or without an object."""
    found = locate_evidence(seen.look.maps[-1].values)
    return evidence_on(found, seen.foreground) if found and seen.foreground else None


def said_of_map(seen: Seen) -> tuple[str, ...]:
    """What the page says beside the last block's map."""
    look, weights = seen.look, embedded()
    target = look.prediction(look.target, weights.classes)
    _, *said = picture_sentences(weights.title, look.likeliest(weights.classes), look.maps[-1], target, seen.foreground)
    return tuple(said)


def guess(look: Look) -> str:
    """The page's headline."""
    weights = embedded()
    return guess_sentence(weights.title, look.likeliest(weights.classes), weights.knows if look.is_strange else "")


def deleted_first(device: str) -> Measured:
    """Whether the class goes soonest when the hottest pixels are deleted first."""

    def read(tested: tuple[Look, Examination]) -> Truth:
        check = curve_check(tested[1].deletion)
        return Truth({Belief.PASSED: "yes", Belief.FAILED: "no"}.get(check.belief), (check.sentence,))

    return Measured(Request(examine_sample, (BOOT, device), device), read)


def random_weights(device: str) -> Measured:
    """Whether a map changes when all weights are made random."""

    def read(tested: tuple[Look, Examination]) -> Truth:
        check = weights_check(tested[1].randomisation)
        answer = {Belief.PASSED: "changes", Belief.FAILED: "stays"}.get(check.belief)
        return Truth(answer, (check.sentence, _verdict(*tested).sentence))

    return Measured(Request(examine_sample, (BAG, device), device), read)


def passes_and_is_right(device: str) -> Measured:
    """Whether a map passes the three tests, and whether the network's answer is right."""

    def read(tested: tuple[Look, Examination]) -> Truth:
        check, look = _verdict(*tested), tested[0]
        right = embedded().classes[look.target] == sample(OTHER_BOOT).label
        passed = "right" if right else "wrong"
        return Truth(passed if check.belief is Belief.PASSED else "fails", (guess(look), check.sentence))

    return Measured(Request(examine_sample, (OTHER_BOOT, device), device), read)


def map_of_the_palace(device: str) -> Measured:
    """What the three tests together say of the map of a palace."""

    def read(tested: tuple[Look, Examination]) -> Truth:
        check = _verdict(*tested)
        return Truth(check.belief.name, (check.sentence,))

    return Measured(Request(examine_sample, (PALACE, device), device), read)


def _verdict(look: Look, found: Examination) -> Check:
    """The page's verdict on the last block's map."""
    last = look.maps[-1]
    rows, columns = last.values.shape
    curves = curve_check(found.deletion), curve_check(found.insertion)
    weights = weights_check(found.randomisation)
    return verdict(*curves, weights, (rows, columns), empty=last.all_negative, strange=look.is_strange)
