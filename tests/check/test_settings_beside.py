"""Settings of which no layer that is matched tells: attention, blurs and learned scales against what was meant."""

from dataclasses import replace

import pytest

from explorer import build, preset
from explorer.network.options import ResidualScale
from tests.check.texts import read

NAMED = ("print", "state dict", "state dict, printed", "torchinfo, deep")
R50 = preset("resnet50")
SE, BLUR = preset("seresnet50"), preset("resnetblur50")
LEARNED = replace(R50, residual_scale="learned")


@pytest.mark.parametrize("kind", NAMED)
@pytest.mark.parametrize("other", [SE, LEARNED], ids=["attention", "scale"])
def test_what_the_text_has_and_was_not_meant(kind: str, other: object) -> None:
    report = read(kind, build(other, "meta"), (3, 224, 224), R50)  # type: ignore[arg-type]
    (fault,) = report.faults
    assert fault.name == "network", fault.sentence
    assert any(words in fault.what for words in ("attention “Squeeze", "scaled “Learned")), fault.sentence


@pytest.mark.parametrize("kind", NAMED)
def test_what_was_meant_and_the_text_lacks(kind: str) -> None:
    (fault,) = read(kind, build(R50, "meta"), (3, 224, 224), SE).faults
    assert "has attention “None”, expected “Squeeze" in fault.sentence


def test_a_blur_more_or_less() -> None:
    for has, meant in ((BLUR, R50), (R50, BLUR)):
        (fault,) = read("print", build(has, "meta"), (3, 224, 224), meant).faults
        assert "antialiasing" in fault.sentence


def test_a_scale_that_may_be_a_bare_parameter_is_not_missed() -> None:
    net = build(R50, "meta")
    assert all(read(kind, net, (3, 224, 224), LEARNED).faults == () for kind in NAMED)
    report = read("print", build(LEARNED, "meta"), (3, 224, 224))
    assert (report.faults, report.config.residual_scale) == ((), ResidualScale.LEARNED)


def test_where_a_setting_means_nothing_it_is_not_missed() -> None:
    """One stage strides nowhere, so nothing is blurred; a plain network has no branch to scale."""
    flat = replace(preset("resnet20"), stage_blocks=(2,), widths=(16,), antialias="blur")
    assert read("print", build(flat, "meta"), (3, 32, 32), flat).faults == ()
    plain = replace(preset("resnet20"), shortcut="none")
    assert read("state dict", build(plain, "meta"), (3, 32, 32), plain).faults == ()
