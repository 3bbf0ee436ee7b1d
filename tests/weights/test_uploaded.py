"""Weights that a reader sends: good files load and compute the same, all others get a sentence."""

import json
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from explorer.check import check_shapes
from explorer.network.config import ResNetConfig
from explorer.network.model import build
from explorer.network.presets import PRESETS, preset
from explorer.network.weight_shapes import weight_shapes
from explorer.text.errors import Refusal
from explorer.weights.infer_config import infer_config
from explorer.weights.load import WeightsError, uploaded_network
from explorer.weights.safetensors_header import MAX_BYTES, MAX_HEADER, OwnWeightsError, read_header
from explorer.weights.uploaded import class_names, read_own
from tests.network.strategies import configs

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=16)
STATE = build(SMALL, seed=5).state_dict()
GOOD = save(STATE)


def packed(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_a_file_gives_the_same_network() -> None:
    what = read_own(GOOD, config=SMALL)
    net = uploaded_network(GOOD, what)
    images = torch.randn(2, 3, 16, 16)
    assert torch.equal(net(images), build(SMALL, seed=5).eval()(images))
    assert not net.training and not any(each.requires_grad for each in net.parameters())
    assert what.classes == tuple(f"class {index}" for index in range(10)) and what.notes == ()


def test_the_network_is_found_from_the_shapes() -> None:
    what = read_own(GOOD, "\n".join("abcdefghij"))
    assert (what.config.stage_blocks, what.config.widths) == ((1, 1, 1), (16, 32, 64))
    assert what.classes == tuple("abcdefghij")
    assert "pad with zeros" in what.notes[0]


@pytest.mark.slow
@given(configs(small=True) | st.sampled_from(sorted(PRESETS)).map(preset))
def test_the_shapes_that_are_wanted_are_the_built_networks(config: ResNetConfig) -> None:
    built = build(config, device="meta").state_dict()
    counts = [name for name in built if name.endswith(".num_batches_tracked")]
    assert weight_shapes(config) == {name: tuple(built[name].shape) for name in built if name not in counts}


PREFIXES = (
    *("module.", "model.", "state_dict.", "_orig_mod.", "backbone.", "net.", "module.model.", "encoder.", "0."),
    *("_orig_mod.module.", "resnet.", "student.backbone.", "encoder_q."),
)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefixes_are_taken_off_and_said(prefix: str) -> None:
    data = save({prefix + name: value for name, value in STATE.items()})
    what = read_own(data, config=SMALL)
    assert prefix in what.notes[0]
    assert torch.equal(uploaded_network(data, what).fc.weight, STATE["fc.weight"])
    report = check_shapes({prefix + name: tuple(value.shape) for name, value in STATE.items()})
    assert (report.config.stage_blocks, report.faults) == (SMALL.stage_blocks, ())


def test_what_stands_beside_the_network_is_left_out_and_said() -> None:
    more = {"criterion.weight": torch.ones(10), "head.weight": torch.ones(3, 3)}
    data = save({f"model.{name}": value for name, value in STATE.items()} | more)
    what = read_own(data, config=SMALL)
    assert what.notes[:2] == ("“model.” was taken off the names", "2 tensors beside the network left out")
    assert torch.equal(uploaded_network(data, what).fc.weight, STATE["fc.weight"])


@pytest.mark.parametrize("name", ["seresnet50", "resnet50_gn", "resnext50_32x4d", "wide_resnet50_2", "wrn16_8"])
def test_the_wider_family_is_told_by_its_weights(name: str) -> None:
    config = preset(name)
    found = infer_config(weight_shapes(config))
    assert (found.config.groups, found.config.width_per_group) == (config.groups, config.width_per_group)
    assert (found.config.norm, found.config.attention) == (config.norm, config.attention)
    assert (found.config.widths, found.config.stem_width) == (config.widths, config.stem_width)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_are_read_as_float32(kind: torch.dtype) -> None:
    data = save({name: value.to(kind) if value.is_floating_point() else value for name, value in STATE.items()})
    net = uploaded_network(data, read_own(data, config=SMALL))
    assert net.fc.weight.dtype is torch.float32
    assert torch.allclose(net.fc.weight, STATE["fc.weight"], atol=1e-2)


def test_counts_of_batches_may_be_missing() -> None:
    data = save({name: value for name, value in STATE.items() if "num_batches" not in name})
    assert torch.equal(uploaded_network(data, read_own(data, config=SMALL)).fc.bias, STATE["fc.bias"])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(value: float) -> None:
    data = save({**STATE, "fc.weight": torch.full_like(STATE["fc.weight"], value)})
    with pytest.raises(WeightsError, match=r"fc\.weight"):
        uploaded_network(data, read_own(data, config=SMALL))


def changed(**change: object) -> bytes:
    state = {name: value for name, value in STATE.items() if change.get(name, "kept") is not None}
    return save({**state, **{name: value for name, value in change.items() if isinstance(value, torch.Tensor)}})


def test_what_differs_is_listed() -> None:
    with pytest.raises(OwnWeightsError, match=r"1 tensor missing: layer2\.0\.bn2\.weight"):
        read_own(changed(**{"layer2.0.bn2.weight": None}), config=SMALL)
    with pytest.raises(OwnWeightsError, match=r"1 tensor not known: extra\.weight"):
        read_own(changed(**{"extra.weight": torch.zeros(3)}), config=SMALL)
    with pytest.raises(OwnWeightsError, match=r"fc\.weight is 7×64, not 10×64"):
        read_own(changed(**{"fc.weight": torch.zeros(7, 64)}), config=SMALL)
    with pytest.raises(OwnWeightsError, match=r"and [0-9]+ more"):
        read_own(GOOD, config=preset("resnet50"))


class Bomb:
    """Unpickling it would fail the test."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return (pytest.fail, ("something was unpickled",))


HOSTILE = {
    "empty": b"",
    "short": b"abc",
    "text": b"conv1.weight = 3\n" * 50,
    "html": b"<!doctype html><script>alert(1)</script>",
    "pickle": pickle.dumps(Bomb()),
    "zip": b"PK\x03\x04" + bytes(200),
    "gguf": b"GGUF" + bytes(100),
    "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "onnx": b"\x08\x07" + bytes(100),
    "a header longer than the file": (10**6).to_bytes(8, "little") + b"{}",
    "a header of 2**63": (2**63).to_bytes(8, "little") + b"{}",
    "no json": packed(b"{not json}"),
    "no utf-8": packed(b"{\xff\xfe}"),
    "deep": packed(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "no tensors": packed({"__metadata__": {}}),
    "a tensor that is no object": packed({"a": 5}),
    "a type that is none": packed({"a": {"dtype": "F33", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)),
    "integers": packed({"a": {"dtype": "I32", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)),
    "a negative shape": packed({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, bytes(4)),
    "a huge shape": packed({"a": {"dtype": "F32", "shape": [2**39, 2**39], "data_offsets": [0, 4]}}, bytes(4)),
    "a shape of nine": packed({"a": {"dtype": "F32", "shape": [1] * 9, "data_offsets": [0, 4]}}, bytes(4)),
    "a shape of text": packed({"a": {"dtype": "F32", "shape": ["1"], "data_offsets": [0, 4]}}, bytes(4)),
    "true as a size": packed({"a": {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}}, bytes(4)),
    "offsets outside": packed({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, bytes(4)),
    "backwards": packed({"a": {"dtype": "F32", "shape": [0], "data_offsets": [4, 4]}}, bytes(4)),
    "overlapping": packed(
        {
            "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
            "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        },
        bytes(4),
    ),
    "a name twice": packed(
        b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        bytes(8),
    ),
    "data left over": packed({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, bytes(8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_gets_a_sentence(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(OwnWeightsError) as caught:
            read_own(HOSTILE[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    said = str(caught.value)
    assert said.endswith(".") and len(said) < 400
    assert peak < 50_000_000


def test_a_pickle_is_told_why_it_is_not_read() -> None:
    for name in ("pickle", "zip"):
        with pytest.raises(OwnWeightsError, match=r"can run code.*save_file"):
            read_own(HOSTILE[name])


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_HEADER < MAX_BYTES
    monkeypatch.setattr("explorer.weights.safetensors_header.MAX_BYTES", 1000)
    with pytest.raises(OwnWeightsError, match="the most"):
        read_own(GOOD)


@settings(max_examples=200)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=12))
def test_no_damage_gets_through_unseen(place: int, noise: bytes) -> None:
    """Whatever is written over a part of the header: the same names and shapes, or a sentence."""
    data = GOOD[:place] + noise + GOOD[place + len(noise) :]
    try:
        shapes = read_header(data)
    except OwnWeightsError as error:
        assert str(error).endswith(".")
    else:
        assert sum(map(len, shapes)) > 0


@settings(max_examples=60)
@given(st.integers(0, len(GOOD) - 1))
def test_a_file_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(OwnWeightsError):
        read_header(GOOD[:length])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ("class 0", "class 1")),
        ("cat\ndog", ("cat", "dog")),
        (" cat \r\n dog\n", ("cat", "dog")),
        ('["cat", "dog"]', ("cat", "dog")),
        ('{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ("고양이\n개", ("고양이", "개")),
        ("a\x00b\nc", ("a b", "c")),
        ("x" * 500 + "\ny", ("x" * 100, "y")),
    ],
)
def test_class_names(text: str, names: tuple[str, ...]) -> None:
    assert class_names(text, 2) == names


@pytest.mark.parametrize("text", ["cat", "a\nb\nc", "[1, 2]", "{bad", '{"0": "cat", "2": "dog"}', "[" * 100_000])
def test_class_names_that_do_not_fit(text: str) -> None:
    with pytest.raises(Refusal, match=r": "):
        class_names(text, 2)


def test_one_name_is_one() -> None:
    with pytest.raises(Refusal, match=r"^There is 1 name for 2 classes: give one a line, .* or none at all\.$"):
        class_names("cat", 2)


@pytest.mark.slow
def test_memory_is_that_of_the_file_and_of_the_model(tmp_path: Path) -> None:
    """In a process of its own, whose peak counts: a network of 102 MB, with a prefix to its names."""
    state = {f"module.net.{name}": value for name, value in build(preset("resnet50")).state_dict().items()}
    (tmp_path / "own.safetensors").write_bytes(save(state))
    code = """if True:
        import resource, sys
        from explorer.weights.load import uploaded_network
        from explorer.weights.uploaded import read_own
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        data = open(sys.argv[1], "rb").read()
        own, before = read_own(data), peak()
        net = uploaded_network(data, own)
        print((peak() - before) / sum(4 * each.numel() for each in net.state_dict().values()))
    """
    command = [sys.executable, "-c", code, str(tmp_path / "own.safetensors")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert float(done.stdout) < 1.25
