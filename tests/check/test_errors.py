"""PyTorch's own error messages, raised by real networks: the cause is named, and the cure is run and cures it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partialmethod
from typing import Any

import pytest
import timm
import torch
import torchvision
from torch import nn
from torchvision.models import resnet18, resnet34, resnet50, wide_resnet50_2

from explorer import preset
from explorer.check import CheckError, Report, Severity, Source, check
from tests.check.cost import cost_of
from tests.check.foreign import Kuangliu, on_meta
from tests.check.slips import conv, norm

State = dict[str, Any]
Make = Callable[[], nn.Module]


def net(make: Callable[..., nn.Module], **options: Any) -> Make:
    return lambda: on_meta(make, **options)


def state_of(make: Make, prefix: str = "") -> State:
    return {prefix + name: value for name, value in make().state_dict().items()}


def message(model: nn.Module, state: State) -> str:
    with pytest.raises(RuntimeError) as raised:
        model.load_state_dict(state, assign=True)
    return str(raised.value)


class Inside(nn.Module):
    """A network as an attribute of another, as Lightning's and many students' are."""

    def __init__(self, name: str) -> None:
        super().__init__()
        setattr(self, name, on_meta(resnet18))


def with_head(*layers: nn.Module) -> nn.Module:
    model = resnet18()
    model.fc = nn.Sequential(*layers)
    return model


@dataclass(frozen=True)
class Case:
    """A network, a file, and what the report has to say; ``model`` and ``file`` are presets."""

    model: Make
    state: Callable[[], State]
    what: str
    config: str = "resnet18"
    more: tuple[str, ...] = ()


CASES: Mapping[str, Case] = {
    **{
        f"file with {prefix}": Case(
            net(resnet18), lambda prefix=prefix: state_of(net(resnet18), prefix), f"has “{prefix}” before every name"
        )
        for prefix in ("module.", "_orig_mod.", "model.", "backbone.", "net.", "module.model.", "resnet.", "0.")
    },
    **{
        f"network with {name}.": Case(
            lambda name=name: Inside(name), lambda: state_of(net(resnet18)), f"has “{name}.” before every name"
        )
        for name in ("model", "backbone", "net")
    },
    "both with other prefixes": Case(
        lambda: Inside("net"), lambda: state_of(net(resnet18), "module."),
        "has “net.” before every name, and the file has"
    ),
    "a prefix of a deeper network": Case(
        net(resnet50, num_classes=10), lambda: state_of(net(resnet50, num_classes=10), "module."),
        "has “module.” before every name", config="resnet50",
    ),
    "a prefix, and a classifier that is not in the file": Case(
        net(resnet18), lambda: {k: v for k, v in state_of(net(resnet18), "module.").items() if ".fc." not in k},
        "has “module.” before every name", more=("no classifier",),
    ),
    "classes": Case(
        net(resnet50, num_classes=10), lambda: state_of(net(resnet50)), "has 1,000 classes in the file and 10",
        config="resnet50",
    ),
    "classes of a basic network": Case(
        net(resnet18, num_classes=100), lambda: state_of(net(resnet18)), "has 1,000 classes in the file and 100"
    ),
    "another block": Case(
        net(resnet18), lambda: state_of(net(resnet50)),
        "has the weights of ResNet-50, v1.5, and the network is ResNet-18",
    ),
    "another depth": Case(
        net(resnet34), lambda: state_of(net(resnet18)), "has the weights of ResNet-18, and the network is ResNet-34",
        config="resnet34",
    ),
    "a deeper file": Case(
        net(resnet18), lambda: state_of(net(resnet34)), "has the weights of ResNet-34, and the network is ResNet-18"
    ),
    "another depth and classes": Case(
        net(resnet18, num_classes=10), lambda: state_of(net(resnet34)), "has the weights of ResNet-34",
        more=("classes",),
    ),
    "one channel": Case(
        lambda: put_conv(resnet18(), conv(1, 64, 7, 2)), lambda: state_of(net(resnet18)),
        "reads 3 channels in the file and 1 channel in the network",
    ),
    "CIFAR's stem": Case(
        lambda: put_conv(resnet18(), conv(3, 64, 3)), lambda: state_of(net(resnet18)),
        "has a 7×7 kernel in the file and a 3×3 one",
    ),
    "kuangliu's names": Case(
        lambda: on_meta(Kuangliu, (2, 2, 2, 2)), lambda: state_of(net(resnet18, num_classes=10)),
        "says “downsample” and “fc” where the network says “shortcut” and “linear”", more=("has a 7×7 kernel",),
    ),
    "a checkpoint": Case(
        net(resnet50), lambda: {"epoch": 3, "state_dict": state_of(net(resnet50)), "optimizer": {}},
        "has the weights under “state_dict”", config="resnet50",
    ),
    "a head of its own": Case(
        lambda: with_head(nn.Dropout(), nn.Linear(512, 10)), lambda: state_of(net(resnet18)),
        "is another: the file has fc.bias, fc.weight, the network fc.1.bias, fc.1.weight",
    ),
    "a file without classifier": Case(
        net(resnet18), lambda: {name: value for name, value in state_of(net(resnet18)).items() if name[:3] != "fc."},
        "is another: the file has no classifier, the network fc.bias, fc.weight",
    ),
    "a file with a classifier": Case(
        lambda: put_fc(resnet18(), nn.Identity()), lambda: state_of(net(resnet18)),
        "is another: the file has fc.bias, fc.weight, the network none",
    ),
}  # fmt: skip


def put_conv(model: nn.Module, module: nn.Module) -> nn.Module:
    model.conv1 = module
    return model


def put_fc(model: nn.Module, module: nn.Module) -> nn.Module:
    model.fc = module
    return model


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_named_and_the_cure_cures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    model, state = on_meta(case.model), case.state()
    text = message(model, state)
    report = check(text)
    said = " ".join(entry.sentence for entry in report.differences)
    assert case.what in report.differences[0].what, said
    assert all(words in said for words in case.more), said
    assert (report.source, report.read, report.guessed) == (Source.ERROR, (), True)
    assert "error message" in report.sentence
    if name != "kuangliu's names":
        shown = (preset(case.config).block, preset(case.config).stage_blocks)
        assert (report.config.block, report.config.stage_blocks) == shown
    place = {"model": model, "state": state, "nn": nn, "torch": torch, "torchvision": torchvision, "timm": timm}
    monkeypatch.setattr(nn.Module, "load_state_dict", partialmethod(nn.Module.load_state_dict, assign=True))
    with torch.device("meta"):  # where nothing can be copied, only assigned
        exec("\n".join(entry.cure for entry in report.differences), place)
    assert report.differences[-1].cure.endswith(")")


def test_counts_of_classes_are_the_networks() -> None:
    report = check(message(on_meta(resnet50, num_classes=10), state_of(net(resnet50))))
    assert (report.config.num_classes, report.config.block) == (10, "bottleneck")


def test_another_librarys_names() -> None:
    state = {"resnet.embedder.embedder.convolution.weight": torch.empty(64, 3, 7, 7, device="meta")}
    report = check(message(on_meta(resnet50), state))
    assert "names that the network does not have" in report.differences[0].what
    assert "Hugging Face" in report.differences[0].cause


def test_what_no_row_knows_is_listed() -> None:
    model = on_meta(resnet18)
    model.attention = nn.Linear(3, 3)
    report = check(message(model, state_of(net(resnet18))))
    assert [entry.what for entry in report.differences] == [
        "and the file differ in 2 names more: attention.bias, attention.weight"
    ]


def run(model: nn.Module, *shape: int) -> str:
    with pytest.raises((RuntimeError, ValueError)) as raised:
        model(torch.zeros(shape))
    return str(raised.value)


def unlike(**parts: nn.Module) -> nn.Module:
    model = resnet18()
    for name, module in parts.items():
        holder, _, last = name.replace("__", ".").rpartition(".")
        setattr(model.get_submodule(holder), last, module)
    return model.to_empty(device="cpu")


RUNS: Mapping[str, tuple[Callable[[], str], str, str, str]] = {
    "a norm": (
        lambda: run(unlike(layer1__0__bn1=norm(16)), 2, 3, 32, 32), "has 16 features and gets 64 channels",
        "expansion was forgotten", "nn.BatchNorm2d(64)",
    ),
    "another norm": (
        lambda: run(unlike(layer1__0__bn1=norm(48)), 2, 3, 32, 32), "has 48 features and gets 64 channels",
        "the convolution before it", "nn.BatchNorm2d(64)",
    ),
    "a classifier": (
        lambda: run(unlike(fc=nn.Linear(100, 10)), 2, 3, 32, 32), "reads 100 features and gets 512", "in_features",
        "nn.Linear(512, 10)",
    ),
    "no pool": (
        lambda: run(unlike(avgpool=nn.Identity()), 2, 3, 224, 224), "reads 512 features and gets 25,088",
        "512·7·7", "adaptive_avg_pool2d",
    ),
    "the expansion": (
        lambda: run(unlike(fc=nn.Linear(2048, 10)), 2, 3, 32, 32), "reads 2,048 features and gets 512", "2,048 = 4·512",
        "nn.Linear(512, 10)",
    ),
    "no flatten": (
        lambda: run(nn.Linear(512, 10), 32, 512, 1, 1),
        "gets rows of 1", "nothing flattened it", "torch.flatten(x, 1)",
    ),
    "a sum of sizes": (
        lambda: run(unlike(layer2__0__downsample=conv(64, 128, 1)), 2, 3, 224, 224), "gets maps of 28 and 56 pixels",
        "one of the two halves", "stride=2",
    ),
    "a sum of channels": (
        lambda: run(unlike(layer2__0__downsample=nn.AvgPool2d(2)), 2, 3, 224, 224), "gets 128 and 64 channels",
        "needs a projection", "nn.Conv2d(64, 128, 1",
    ),
    "a sum without padding": (
        lambda: run(unlike(layer1__0__conv2=conv(64, 64, 3, pad=0)), 2, 3, 224, 224), "gets maps of 54 and 56 pixels",
        "needs padding 1", "padding=1",
    ),
    "grey images": (
        lambda: run(unlike(), 2, 1, 224, 224), "reads 3 channels and gets 1", "1 is grey",
        "nn.Conv2d(1, 64, 7, stride=2",
    ),
    "a convolution": (
        lambda: run(unlike(layer1__0__conv2=conv(32, 64, 3)), 2, 3, 224, 224), "reads 32 channels and gets 64",
        "in_channels", "nn.Conv2d(64, 64, 3",
    ),
    "one image": (
        lambda: run(unlike().train(), 1, 3, 32, 32), "gets one value a channel", "one image", "eval()",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_what_stops_a_run(name: str) -> None:
    raise_it, what, cause, cure = RUNS[name]
    report = check(f"Traceback (most recent call last):\nRuntimeError: {raise_it()}")
    (found,) = report.differences
    assert what in found.what
    assert cause in found.cause
    assert cure in found.cure
    assert found.severity is Severity.ERROR


def test_a_message_beside_a_printed_network_is_left_to_the_network() -> None:
    model = on_meta(resnet18)
    report = check(f"{model}\nRuntimeError: running_mean should contain 128 elements not 64")
    assert (report.source, report.config) == (Source.PRINTED, preset("resnet18"))


def test_a_long_message_is_read_in_time() -> None:
    text = message(on_meta(torchvision.models.resnet152), state_of(net(torchvision.models.resnet152), "module."))
    assert cost_of(lambda: check(text)).seconds < 0.5
    hostile = "size mismatch for a: [1" * 20_000 + "Missing key(s) in state_dict: " + '"a.' * 100_000
    assert cost_of(lambda: check(hostile)).seconds < 0.5


def test_a_wide_networks_file() -> None:
    report: Report = check(message(on_meta(resnet50), state_of(net(wide_resnet50_2))))
    assert report.config.block == "bottleneck"
    assert report.faults


def test_sides_of_zero_are_divided_by_nowhere() -> None:
    for sides in ("2x512 and 0x10", "2x0 and 512x10", "0x0 and 0x0"):
        with pytest.raises(CheckError):
            check(f"mat1 and mat2 shapes cannot be multiplied ({sides})")


def test_a_shortened_message_is_of_the_first_network_that_it_does_not_contradict() -> None:
    """Not of the smallest: a Wide ResNet has no bn1, and a plain network is not what people load."""
    names = ("conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "fc.weight", "fc.bias")
    said = ", ".join(f'"{name}"' for name in names)
    found = ", ".join(f'"module.{name}"' for name in names)
    report = check(
        f"RuntimeError: Error(s) in loading state_dict for ResNet:\n\tMissing key(s) in state_dict: {said}.\n"
        f"\tUnexpected key(s) in state_dict: {found}."
    )
    assert report.config == preset("resnet18")
    assert report.why == "What the message lists fits ResNet-18 best, though not exactly."
    assert 'removeprefix("module.")' in report.differences[0].cure
