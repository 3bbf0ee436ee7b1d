"""The header of a ``.safetensors`` file that a reader sends, checked before anything is made of the file.

Nothing is unpickled, and what the file is, is told by its content. What is read here the format's own library reads,
too. Format: huggingface/safetensors, README.md, "Format".
"""

import json
import math
from typing import Any

from explorer.text.errors import Refusal
from explorer.text.quantities import counted, size

MAX_BYTES = 260_000_000  # ResNet-152's 60 million weights in float32 are 241 MB
MAX_HEADER = 1_500_000  # ResNet-1202's 7,200 tensors take less than 1 MB
LONGEST_TENSOR_NAME, DEEPEST_TENSOR_NAME = 300, 32  # characters, and parts between dots
MAX_TENSORS = 10_000
_MOST_VALUES = 2**40  # of a tensor without its empty sides, so that no product leaves the 64 bits of the format
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_WEIGHTS = ("F64", "F32", "F16", "BF16")
_SAVE = 'Save it with safetensors.torch.save_file(model.state_dict(), "model.safetensors"), and send that.'
# What else people send, by the first bytes.
_OTHERS = (
    (b"PK\x03\x04", "a zip archive, as torch.save writes them: opening a pickle can run code, so none is read here"),
    (b"\x80", "a pickle: opening one can run code, so none is read here"),
    (b"GGUF", "a GGUF file"),
    (b"\x89HDF", "an HDF5 file, as Keras writes them"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<", "a web page or XML"),
    (b"\x08", "an ONNX file or something like it"),
)


class OwnWeightsError(Refusal):
    """Why a file gives no weights, as a sentence for the person who sent it."""


def read_header(data: bytes) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors in a ``.safetensors`` file; nothing of its data is looked at.

    Raises:
        OwnWeightsError: it is none, or not all of it is as the format wants it.
    """
    if not data:
        raise OwnWeightsError(f"The file is empty. {_SAVE}")
    if len(data) > MAX_BYTES:
        raise OwnWeightsError(f"The file has {size(len(data))}, and {size(MAX_BYTES)} are the most that are read here.")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or length > MAX_HEADER or length > len(data) - 8 or data[8:9] != b"{":
        raise OwnWeightsError(f"This is no .safetensors file{_what_else(data)}. {_SAVE}")
    tensors = _parsed(data[8 : 8 + length])
    if not tensors or len(tensors) > MAX_TENSORS:
        raise OwnWeightsError(f"The file holds {counted(len(tensors), 'tensor')}: 1 to {MAX_TENSORS:,} are read.")
    spans = sorted(_span(name, entry) for name, entry in tensors.items())
    if [begin for begin, _ in spans] != [0, *(end for _, end in spans[:-1])] or spans[-1][1] != len(data) - 8 - length:
        raise OwnWeightsError("The file is damaged: its tensors overlap, leave gaps, or end before or after the file.")
    return {name: tuple(entry["shape"]) for name, entry in tensors.items()}


def _what_else(data: bytes) -> str:
    return next((f" but {what}" for start, what in _OTHERS if data.startswith(start)), "")


def _parsed(text: bytes) -> dict[str, Any]:
    """Returns the header, if it is JSON as the standard has it, which is narrower than what Python reads.

    A name twice, NaN, negative numbers and halves of a surrogate pair are refused, as the format's own library does.
    """
    try:
        header: dict[str, Any] = json.loads(  # it begins with a brace
            text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused, parse_int=_not_negative
        )
        json.dumps(header, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise OwnWeightsError("The file is damaged: its header, which lists the tensors, cannot be read.") from error
    notes = header.pop("__metadata__", None)
    if notes is not None and not (isinstance(notes, dict) and all(isinstance(note, str) for note in notes.values())):
        raise OwnWeightsError("The file is damaged: its header's __metadata__ holds something else than texts.")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _refused(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _not_negative(text: str) -> int:
    if text.startswith("-"):
        raise ValueError("a negative number")
    return int(text)


def _span(name: str, entry: Any) -> tuple[int, int]:
    """Where a tensor's bytes begin and end, if they are as many as its shape and type take."""
    if len(name) > LONGEST_TENSOR_NAME or name.count(".") >= DEEPEST_TENSOR_NAME:
        raise OwnWeightsError(
            f"A tensor's name has {counted(len(name), 'character')} and {counted(name.count('.'), 'dot')}, and begins "
            f"with {name[:40]!r}: {LONGEST_TENSOR_NAME} characters and {DEEPEST_TENSOR_NAME - 1} dots are the most."
        )
    fields = entry if isinstance(entry, dict) else {}
    shape, span, kind = _whole(fields.get("shape")), _whole(fields.get("data_offsets")), fields.get("dtype")
    if shape is None or span is None or len(span) != 2 or len(shape) > 8 or not isinstance(kind, str):
        raise OwnWeightsError(f"The file is damaged: its header says nothing sensible of {name[:80]!r}.")
    if kind not in _WEIGHTS and not (kind in _BYTES and name.endswith("num_batches_tracked")):
        raise OwnWeightsError(f"{name[:80]} holds {kind[:20]} numbers: {', '.join(_WEIGHTS)} are read here.")
    if math.prod(filter(None, shape)) >= _MOST_VALUES:
        raise OwnWeightsError(f"The file is damaged: no tensor is as large as its header says of {name[:80]!r}.")
    if span[1] - span[0] != math.prod(shape) * _BYTES[kind]:
        raise OwnWeightsError(f"The file is damaged: {name[:80]!r} has not as many bytes as its shape takes.")
    return span[0], span[1]


def _whole(value: Any) -> list[int] | None:
    """The value, if it is a list of whole numbers that sizes can be."""
    fits = isinstance(value, list) and all(type(each) is int and 0 <= each < 2**40 for each in value)
    return value if fits else None
