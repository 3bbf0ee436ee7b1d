"""The report of a text that is a message of PyTorch's, and shows no network."""

from explorer.check.errors.known_networks import likely_pair, with_counts
from explorer.check.errors.load_causes import Facts, explain_load_error
from explorer.check.errors.load_error import read_load_error
from explorer.check.errors.running_causes import explain_running_error
from explorer.check.intended.config_words import SAID
from explorer.check.values import Difference, Report, Source
from explorer.network.config import ResNetConfig
from explorer.network.presets import preset
from explorer.text.quantities import counted


def running_report(text: str, meant: ResNetConfig | None) -> Report:
    """Returns the report of a message from a network that ran."""
    why = SAID if meant else "The message tells of no network: ResNet-50 stands for one."
    return _report(meant or preset("resnet50"), why, tuple(explain_running_error(text)), guessed=meant is None)


def load_report(text: str, meant: ResNetConfig | None) -> Report:
    """Returns the report of a message about a file; the published networks that explain it best are on both sides."""
    raw = read_load_error(text)
    error = raw.in_models_names()
    pair = likely_pair(error)
    model, file = (with_counts(info.config, error, side) for info, side in ((pair.model, 1), (pair.file, 0)))
    differences = tuple(explain_load_error(Facts(raw, error, pair, model, file)))
    alike = pair.file is pair.model
    both = pair.model.title if alike else f"{pair.model.title} and a file of {pair.file.title}"
    if pair.exact:
        why = f"What the message lists is that of {both}{'; others may give the same message' if alike else ''}."
    else:
        why = f"What the message lists fits {both} best, though not exactly."
    others = () if alike else (f"a file of {pair.file.title}",)
    return _report(meant or model, why, differences, guessed=meant is None, others=others)


def _report(
    config: ResNetConfig, why: str, differences: tuple[Difference, ...], *, guessed: bool, others: tuple[str, ...] = ()
) -> Report:
    first = differences[0].sentence if differences else "It names nothing that a residual network has."
    count = counted(len(differences), "cause") + (", of which the first" if len(differences) > 1 else "")
    sentence = f"Read from PyTorch's error message, {count}: {first}"
    return Report(Source.ERROR, False, config, guessed, why, (), differences, (), sentence, others)
