"""The work behind "Check my ResNet" as jobs of the queue. Nothing here draws."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from sys import intern

import pandas as pd

from explorer.check import CheckError, Progress, ReadLayer, Report, check, check_shapes
from explorer.ideas.departures import Departure, departures
from explorer.jobs.job import Attachment
from explorer.network.config import ResNetConfig
from explorer.weights.safetensors_header import OwnWeightsError, read_header


@dataclass(frozen=True, slots=True)
class Checked:
    """What the page shows of a report: ``report`` without its layers, which ``layers`` has as a table, one a row.

    ``departures`` are what the text has in place of what was meant.
    """

    report: Report
    layers: pd.DataFrame
    departures: tuple[Departure, ...]


def check_text(text: str, meant: ResNetConfig | None, *, progress: Progress) -> Checked | str:
    """Checks a pasted text; returns the sentence of the refusal where nothing can be checked."""
    return _checked(lambda: check(text, meant, progress=progress))


def check_weights(file: Attachment, meant: ResNetConfig | None, *, progress: Progress) -> Checked | str:
    """Does the same for a ``.safetensors`` file, of which only the header is read."""
    return _checked(lambda: check_shapes(read_header(file.data), meant, progress=progress))


def _checked(read: Callable[[], Report]) -> Checked | str:
    try:
        report = read()
    except (CheckError, OwnWeightsError) as refused:
        return str(refused)
    layers = pd.DataFrame([_row(layer) for layer in report.read])
    return Checked(replace(report, read=(), comparison=None), layers, departures(report))


def _row(layer: ReadLayer) -> dict[str, str]:
    """Returns what the text says of a layer, in words; equal words are one string, since layers repeat them."""
    shown = {name: intern(str(value)) for name, value in layer.attributes.items() if name not in ("kind", "class_name")}
    return {"layer": layer.name, "class": layer.class_name, **shown}
