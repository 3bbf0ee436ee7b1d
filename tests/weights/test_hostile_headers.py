"""Headers of ``.safetensors`` files made to crash, to slow down or to be read otherwise than by the format's library.

Every file that has crashed a page or passed where the library refuses is kept; more are generated.
"""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, deserialize

from explorer.check import check_shapes
from explorer.text.errors import Refusal
from explorer.weights.load import uploaded_network
from explorer.weights.safetensors_header import MAX_HEADER, MAX_TENSORS, OwnWeightsError, read_header
from explorer.weights.uploaded import read_own
from tests.weights.test_uploaded import GOOD, packed

ROOT = Path(__file__).parents[2]
ONE = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
TENSOR = json.dumps(ONE)
BASE = {"conv1.weight": (4, 3, 3, 3), "conv1.bias": (4,), "fc.weight": (3, 4), "fc.bias": (3,)} | {
    f"layer1.0.conv{number}.{name}": shape
    for number in (1, 2)
    for name, shape in (("weight", (4, 4, 3, 3)), ("bias", (4,)))
}  # a whole network


def one_tensor(name: str = "a", **changed: object) -> bytes:
    """A file of one number, its header written by Python."""
    return packed({name: {**ONE, **changed}}, bytes(4))


def raw(header: str) -> bytes:
    """A file of one number with this header."""
    return packed(header.encode(), bytes(4))


def file_of(shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    """A file of tensors with these shapes, all zero."""
    header, end = {}, 0
    for name, shape in shapes.items():
        start, count = end, 4
        for side in shape:
            count *= side
        end += count
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    return packed(header, bytes(end))


def read_everywhere(data: bytes) -> None:
    """All that the pages do with a file; what comes out but a refusal is a crash."""
    for use in (used_as_weights, lambda data: check_shapes(read_header(data))):
        try:
            use(data)
        except Refusal as refusal:
            said = str(refusal)
            assert said.endswith(".") and len(said) < 2500
            said.encode()


def used_as_weights(data: bytes) -> None:
    uploaded_network(data, read_own(data))


CRASHED: Mapping[str, bytes] = {
    "a bottleneck that reads nothing": file_of(
        {
            "conv1.weight": (4, 3, 3, 3),
            "fc.weight": (2, 16),
            "layer1.0.conv1.weight": (4, 4, 1, 1),
            "layer1.0.conv2.weight": (4, 0, 3, 3),
            "layer1.0.conv3.weight": (16, 4, 1, 1),
        }
    ),
    "a list as type": one_tensor(dtype=[]),
    "an object as type": one_tensor(dtype={}),
    "a digit that is no number": one_tensor("layer1.²"),
    "digits of another script": one_tensor("layer1.٣.conv1.weight"),
    "five thousand digits": one_tensor("a." + "1" * 5000),
    "a word and five thousand digits": one_tensor("layer" + "1" * 5000),
    "a stage without its first block": file_of({**BASE, "layer2.1.conv1.weight": (4, 4, 3, 3)}),
    "a first block that is written otherwise": file_of(
        {("layer1.00.conv1.weight" if name.startswith("layer1") else name): shape for name, shape in BASE.items()}
    ),
    "a scalar for a block's convolution": file_of({**BASE, "layer1.0.conv1.weight": ()}),
    "a scalar for the stem": file_of({**BASE, "conv1.weight": ()}),
    "scalars for a deep stem": file_of({**BASE, "conv1.6.weight": (), "conv1.0.weight": ()}),
    "a scalar for the classifier": file_of({**BASE, "fc.weight": ()}),
}


@pytest.mark.parametrize("name", CRASHED)
def test_what_crashed_a_page_gets_a_sentence(name: str) -> None:
    with pytest.raises(Refusal):
        read_own(CRASHED[name])
    read_everywhere(CRASHED[name])


LIBRARY_REFUSES: Mapping[str, bytes] = {
    "half of a surrogate pair in a name": raw(f'{{"a\\ud800": {TENSOR}}}'),
    "half of a surrogate pair in a note": raw(f'{{"__metadata__": {{"a": "\\ud800"}}, "a": {TENSOR}}}'),
    "a note that is a number": raw(f'{{"__metadata__": {{"a": 5}}, "a": {TENSOR}}}'),
    "a note that is nothing": raw(f'{{"__metadata__": {{"a": null}}, "a": {TENSOR}}}'),
    "a list of notes": raw(f'{{"__metadata__": [], "a": {TENSOR}}}'),
    "no notes, as false": raw(f'{{"__metadata__": false, "a": {TENSOR}}}'),
    "a note that is no number": raw(f'{{"__metadata__": {{"a": NaN}}, "a": {TENSOR}}}'),
    "a further field that is no number": raw('{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], "b": NaN}}'),
    "minus zero": raw('{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-0, 4]}}'),
    "sides whose product leaves 64 bits": packed(
        {"a": {"dtype": "F32", "shape": [2**39, 2**39, 0], "data_offsets": [0, 0]}}
    ),
}


@pytest.mark.parametrize("name", LIBRARY_REFUSES)
def test_what_the_formats_library_refuses_is_refused(name: str) -> None:
    with pytest.raises(SafetensorError):
        deserialize(LIBRARY_REFUSES[name])
    with pytest.raises(OwnWeightsError):
        read_header(LIBRARY_REFUSES[name])


@pytest.mark.parametrize(
    "header",
    [
        f'{{"__metadata__": null, "a": {TENSOR}}}',
        f'{{"__metadata__": {{"emoji": "\\ud83d\\ude00", "json": "{{[1, -2]}}"}}, "a": {TENSOR}}}',
        f'{{"layer1.²": {TENSOR}}}',
        f'{{"": {TENSOR}}}',
        f'{{"a\\nb": {TENSOR}}}   ',
    ],
)
def test_what_is_odd_but_sound_is_read(header: str) -> None:
    ((name, shape),) = read_header(raw(header)).items()
    ((expected, found),) = deserialize(raw(header))
    assert (name, list(shape)) == (expected, found["shape"])


def test_a_type_that_is_not_read_here_is_named() -> None:
    data = packed({"a": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, bytes(4))
    deserialize(data)
    with pytest.raises(OwnWeightsError, match="a holds F8_E4M3 numbers: F64, F32, F16, BF16 are read here"):
        read_header(data)


@pytest.mark.parametrize("name", ["." * (MAX_HEADER - 100), "." * 40, "a" * 301, "\n# [x](http://a.b)" * 1000])
def test_long_names_are_refused_before_they_are_taken_apart(name: str) -> None:
    with pytest.raises(OwnWeightsError, match="300 characters and 31 dots are the most") as caught:
        read_own(one_tensor(name))
    assert len(str(caught.value)) < 250


# Fragments that stand for a value anywhere in a header, in JSON or in what Python takes for it.
_WORDS = """0 4 8 -0 -1 1.0 4e0 1e400 NaN Infinity -Infinity true null false "" [] {} [[]] [0,4] [4,0] [0,4,8] [true,4]
[0.0,4.0] [1,1,1,1,1,1,1,1,1] [0] [0,9223372036854775807] [549755813888,549755813888,0] 9223372036854775808
18446744073709551616 "F32" "f32" "F33" "BF16" "I64" "F8_E5M2" "\\ud800" "\\ud83d\\ude00" "a" {"a":1,"a":2} {"a":"b"}
{"a":[]} "1" """
FRAGMENTS = st.sampled_from([*_WORDS.split(), "1" * 5000, "[" * 2000 + "]" * 2000])
NAMES = st.sampled_from(
    [
        "a", "", ".", "..", "a.b", "layer1.²", "layer1.٣.conv1.weight", "layer2.1.conv1.weight", "layer9.0.conv1.bias",
        "layer1.0.conv1.weight", "layer1.0.conv3.weight", "layer1.999.conv1.weight", "conv1.6.weight", "conv1.0.weight",
        "conv1.weight", "fc.weight", "fc.bias", "bn1.weight", "layer1.0.bn1.weight", "bn_last.weight", "module.",
        "layer1.0.downsample.0.weight", "layer1.0.downsample.1.weight", "a.num_batches_tracked", "__metadata__",
        "a\\nb", "\\ud800", "\\u0000", "[x](http://a.b)", "1" * 299, "1" * 5000, "x." * 20, "." * 200, "conv²", "a.-1",
    ]
)  # fmt: skip
SHAPES = st.lists(st.integers(0, 5) | st.sampled_from([2**31, 2**40, 2**63, -1]), max_size=5) | st.just([4, 4, 3, 3])


# Most of these leave a sound file sound.
BEFORE = st.sampled_from([*[""] * 30, "\ufeff", " ", "\0", "[1]"])
AFTER = st.sampled_from([*[""] * 30, "   ", "\n", "\0", "{}", ","])
OFF = st.sampled_from([*[0] * 30, 1, -1, 2**63])
FIELDS = st.sampled_from([*[""] * 60, "dtype", "shape", "data_offsets", "more"])


@st.composite
def entry(draw: st.DrawFn, name: str, shape: list[int], start: int) -> tuple[str, int]:
    """A tensor as a header lists it, sound or with a field exchanged or lost, and where its data end."""
    count = math.prod(shape)
    end = start + 4 * count if 0 <= count < 10_000 else start
    fields = {"dtype": '"F32"', "shape": json.dumps(shape), "data_offsets": f"[{start},{end}]"}
    if changed := draw(FIELDS):
        fields[changed] = draw(FRAGMENTS | st.just(""))
    text = ",".join(f'"{field}":{value}' for field, value in fields.items() if value)
    return f'"{name}":{{{text}}}', end


@st.composite
def headers(draw: st.DrawFn) -> bytes:
    """A file with a header of a few tensors, sound or with something exchanged, lost, repeated, moved or added."""
    chosen = draw(st.lists(st.tuples(NAMES, SHAPES), max_size=3))
    if draw(st.booleans()) or not chosen:
        chosen += [(name, [*shape]) for name, shape in BASE.items()]
    entries, end = [], 0
    for name, shape in chosen:
        text, end = draw(entry(name, shape, end))
        entries.append(text)
    if draw(st.integers(0, 5)) == 0:
        entries.append(f'"{draw(NAMES)}":{draw(FRAGMENTS)}')
    if draw(st.integers(0, 5)) == 0:
        entries.append(f'"__metadata__":{draw(FRAGMENTS)}')
    listed = ",".join(draw(st.permutations(entries)))
    header = f"{draw(BEFORE)}{{{listed}}}{draw(AFTER)}".encode()
    length = max(len(header) + draw(OFF), 0)
    return length.to_bytes(8, "little") + header + bytes(max(end + draw(OFF.filter(lambda off: off < 9)), 0))


def compare_with_the_library(data: bytes) -> None:
    """What is read here the format's library reads alike; what it reads and is refused here is refused for a reason."""
    try:
        theirs = {name: tuple(tensor["shape"]) for name, tensor in deserialize(data)}
    except SafetensorError:
        theirs = None
    try:
        ours = read_header(data)
    except OwnWeightsError as refusal:
        # Read there and refused here: names twice, negative numbers in further fields, ten sides, huge ones beside a
        # zero, and a header that begins with anything but a brace, which the format rules out.
        reasons = (
            "cannot be read",
            "nothing sensible",
            "no tensor is as large",
            "are read here",
            "are read.",
            "are the most",
        )
        known = data[8:9] != b"{" or any(words in str(refusal) for words in reasons)
        assert theirs is None or known, refusal
    else:
        assert ours == theirs


@pytest.mark.slow
@settings(max_examples=200)
@given(headers())
def test_headers_are_read_as_the_formats_library_reads_them(data: bytes) -> None:
    compare_with_the_library(data)


@pytest.mark.slow
@settings(max_examples=200)
@given(headers())
def test_no_header_crashes_a_page(data: bytes) -> None:
    start = process_time()
    read_everywhere(data)
    assert process_time() - start < 2


@settings(max_examples=300)
@given(st.integers(0, 4000), st.integers(0, 12), st.binary(max_size=12))
def test_no_change_of_a_real_file_is_read_otherwise_than_by_the_library(place: int, lost: int, noise: bytes) -> None:
    compare_with_the_library(GOOD[:place] + noise + GOOD[place + lost :])


def test_the_base_of_these_files_is_a_network() -> None:
    used_as_weights(file_of(BASE))


def many_blocks() -> bytes:
    """The smallest file that tells of the largest network."""
    shapes = {"conv1.weight": (1, 3, 3, 3), "fc.weight": (1, 4), "layer1.0.conv3.weight": (4, 1, 1, 1)}
    shapes |= {"layer1.0.bn1.weight": (1,), "layer1.0.conv1.bias": (1,), "layer1.0.downsample.0.weight": (4, 1, 1, 1)}
    shapes |= {"layer1.1.downsample.0.weight": (1, 1, 1, 1), "layer1.0.downsample.1.weight": (1,)}
    return file_of(shapes | {f"layer{s}.{b}.conv1.weight": (1, 1, 1, 1) for s in range(1, 6) for b in range(256)})


def filled(start: str, part: str, end: str) -> bytes:
    """A header of the greatest length that is read, of the same part again and again."""
    return raw(start + part * ((MAX_HEADER - len(start) - len(end)) // len(part)) + end)


EXPENSIVE: Mapping[str, Callable[[], bytes]] = {
    "a name of dots": lambda: filled('{"', ".", f'":{TENSOR}}}'),
    "a name of digits": lambda: filled('{"', "1", f'":{TENSOR}}}'),
    "a name of escapes": lambda: filled('{"', "\\u0041", f'":{TENSOR}}}'),
    "spaces": lambda: filled(f'{{"a":{TENSOR}', " ", "}"),
    "lists": lambda: filled('{"a":[', "[],", "[]]}"),
    "objects": lambda: filled('{"a":[', "{},", "{}]}"),
    "objects of one": lambda: filled('{"a":[', '{"":1},', "{}]}"),
    "numbers": lambda: filled('{"a":[', "1,", "1]}"),
    "floats": lambda: filled('{"a":[', "1e1,", "1]}"),
    "notes": lambda: packed({"__metadata__": {str(place): "" for place in range(200_000)}, "a": ONE}, bytes(4)),
    "brackets": lambda: filled('{"a":', "[", "}"),
    "a long number": lambda: filled('{"a":', "1", "}"),
    "a long fraction": lambda: filled('{"a":0.', "1", "}"),
    "names without tensors": lambda: packed({str(place): 0 for place in range(200_000)}, bytes(4)),
    "as many tensors as may be": lambda: file_of({f"{place}.weight": (1,) for place in range(MAX_TENSORS)}),
    "100,000 tensors": lambda: packed({f"{place}": {} for place in range(100_000)}),
    "as many deep names": lambda: file_of({f"{place}" + ".a" * 31: (1,) for place in range(MAX_TENSORS)}),
    "a prefix on everything": lambda: file_of({f"module.{'a' * 40}{place}": (1,) for place in range(MAX_TENSORS)}),
    "1,280 blocks": many_blocks,
}

_MEASURE = """
import json, resource, sys, time
from pathlib import Path
from explorer.text.errors import Refusal
from explorer.weights.uploaded import read_own
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def spend(data):
    begun = time.process_time()
    try:
        read_own(data)  # which begins with read_header
    except Refusal:
        pass
    return time.process_time() - begun
good, *files = map(Path, sys.argv[1:])
read_own(good.read_bytes())  # imports what is needed
start, spent = peak(), {file.name: spend(file.read_bytes()) for file in files}
print(json.dumps([spent, (peak() - start) / 1000]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the most memory of a process is counted in KB on Linux only")
def test_no_header_takes_more_than_2_seconds_or_300_mb(tmp_path: Path) -> None:
    """One process reads them all: its peak is that of the costliest."""
    files = [tmp_path / name for name in ("good", *EXPENSIVE)]
    for file, data in zip(files, (GOOD, *(make() for make in EXPENSIVE.values())), strict=True):
        file.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes = json.loads(done.stdout)
    assert seconds.keys() == EXPENSIVE.keys()
    assert max(seconds.values()) < 2, seconds
    assert megabytes < 300
