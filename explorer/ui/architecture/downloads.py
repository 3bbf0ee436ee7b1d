"""Take it away: the network as a file of one of several kinds, written when somebody asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import streamlit as st

from explorer.export.keras_file import to_keras
from explorer.export.tables import to_csv, to_json, to_python
from explorer.export.tikz import to_tikz
from explorer.network.architecture import Architecture
from explorer.network.config import ResNetConfig
from explorer.network.layer import BYTES_PER_VALUE
from explorer.network.links import file_name
from explorer.text.quantities import size
from explorer.ui.architecture.choices import FILE, FILES
from explorer.ui.widgets import job_progress

MOST_BYTES = 256 * 2**20  # of a file with weights: the server holds it as weights, as a file, and for the reader

_INITIAL = "The weights are the network's initial ones (seed 0): nothing is trained."


@dataclass(frozen=True, slots=True)
class _TextFile:
    """A file that is written at once: the button's label, what to say of it, its name's ending and its types."""

    label: str
    caption: str
    write: Callable[[Architecture], str]
    ending: str
    mime: str
    language: str = ""  # of the text that is shown to be read; empty for a table


_TEXTS: Mapping[str, _TextFile] = {
    "pytorch": _TextFile(
        "PyTorch file",
        "`ResNet()` has the names, shapes and outputs of the network on this page. It needs nothing but PyTorch.",
        lambda arch: to_python(arch.config),
        ".py",
        "text/x-python",
        "python",
    ),
    "keras": _TextFile(
        "Keras file",
        "`build_model()` is this network in Keras 3, for any of its backends; `copy_weights()` takes over the weights "
        "of the PyTorch one, with the same outputs.",
        lambda arch: to_keras(arch.config),
        "_keras.py",
        "text/x-python",
        "python",
    ),
    "tikz": _TextFile(
        "TikZ file",
        "The blocks with their shortcuts as a picture for a paper: `pdflatex` makes it. Equal blocks are folded.",
        lambda arch: to_tikz(arch.config),
        ".tex",
        "application/x-tex",
        "latex",
    ),
    "csv": _TextFile("Layers as CSV", "Every layer in a row, for a spreadsheet.", to_csv, ".csv", "text/csv"),
    "json": _TextFile(
        "Layers as JSON", "Every layer with its formulas, for a program.", to_json, ".json", "application/json"
    ),
}


@dataclass(frozen=True, slots=True)
class _WeightsFile:
    """A file with the weights, which takes seconds: what to say of it, its name's ending and the work that writes it.

    ``needs`` is the package without which there is none.
    """

    label: str
    caption: str
    ending: str
    work: job_progress.Work
    needs: str = ""


_WEIGHTS: Mapping[str, _WeightsFile] = {
    "onnx": _WeightsFile(
        "ONNX file",
        "Every layer under its name, any number of images; onnxruntime runs it, [Netron](https://netron.app) opens "
        f"it. {_INITIAL}",
        ".onnx",
        job_progress.Work("take_onnx", "Writing the ONNX file", "Write the ONNX file"),
        needs="onnx",
    ),
    "safetensors": _WeightsFile(
        "safetensors file",
        f"The state dict, for `safetensors.torch.load_file`. {_INITIAL}",
        ".safetensors",
        job_progress.Work("take_safetensors", "Writing the weights", "Write the weights"),
    ),
}


def downloads(arch: Architecture) -> None:
    """Draw the choice of a file, the button for it, and its text where that is to be read."""
    expander = FILES.expander()
    if not expander:
        return
    with expander:
        kind = FILE.segmented(labels=_LABELS)
        if kind in _WEIGHTS:
            _weights_file(kind, arch.config, arch)
        else:
            _text_file(_TEXTS[kind], arch)


_LABELS = {
    "pytorch": "PyTorch",
    "keras": "Keras",
    "onnx": "ONNX",
    "safetensors": "safetensors",
    "tikz": "TikZ",
    "csv": "CSV",
    "json": "JSON",
}


def _text_file(file: _TextFile, arch: Architecture) -> None:
    st.caption(file.caption)
    name = file_name(arch.config)
    if file.language == "python":
        name = name.replace("-", "_").replace(".", "_")
    _button(file.label, partial(_encoded, file.write, arch), name + file.ending, file.mime)
    if file.language:
        st.code(file.write(arch), file.language, line_numbers=True, height=480)


def _encoded(write: Callable[[Architecture], str], arch: Architecture) -> bytes:
    """Returns the file's bytes; a CSV gets the UTF-8 signature that spreadsheets need."""
    return write(arch).encode("utf-8-sig" if write is to_csv else "utf-8")


def _weights_file(kind: str, config: ResNetConfig, arch: Architecture) -> None:
    file, large = _WEIGHTS[kind], BYTES_PER_VALUE * (arch.params + arch.buffers)
    st.caption(file.caption)
    if file.needs and find_spec(file.needs) is None:
        st.info(f"This server has no package {file.needs}, which writes such files: choose another kind.")
    elif large > MOST_BYTES:
        st.info(
            f"With the weights it would have {size(large)}, and this shared server writes at most {size(MOST_BYTES)} "
            f"at a time. On your own computer `to_{kind}` of the library writes it."
        )
    elif job_progress.wait_for_libraries("the file can be written"):
        found = file.work.run((kind, config), _writer(kind), config, lane="cpu")
        if found is not None:
            label = f"{file.label}, {size(len(found))}"
            _button(label, lambda: found, file_name(config) + file.ending, "application/octet-stream")


def _writer(kind: str) -> Callable[[ResNetConfig], bytes]:
    from explorer.export.onnx_file import to_onnx
    from explorer.export.weights_file import to_safetensors

    return to_onnx if kind == "onnx" else to_safetensors


def _button(label: str, write: Callable[[], Any], name: str, mime: str) -> None:
    st.download_button(label, write, name, mime, icon=":material/download:", on_click="ignore")
