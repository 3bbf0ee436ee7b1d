"""Where receptive fields come from: each sum against the closed form, and the reason why two networks differ."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings

from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.layer import Kind, Role
from explorer.network.presets import preset
from explorer.network.receipts import field_receipt
from explorer.network.receptive_field import field_difference, field_terms
from tests.network.strategies import configs


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        (
            "resnet34",
            "1 + (7 − 1)·1 + (3 − 1)·2 + 7·(3 − 1)·4 + 8·(3 − 1)·8 + 12·(3 − 1)·16 + 5·(3 − 1)·32 = 899",
        ),
        ("resnet50", "1 + (7 − 1)·1 + (3 − 1)·2 + 4·(3 − 1)·4 + 4·(3 − 1)·8 + 6·(3 − 1)·16 + 2·(3 − 1)·32 = 427"),
        ("resnet50_v1", "1 + (7 − 1)·1 + (3 − 1)·2 + 3·(3 − 1)·4 + 4·(3 − 1)·8 + 6·(3 − 1)·16 + 3·(3 − 1)·32 = 483"),
    ],
)
def test_the_sum_of_a_known_network(name: str, formula: str) -> None:
    assert field_receipt(analyze(preset(name))) == formula


@settings(max_examples=60)
@given(configs(small=False))
def test_the_terms_come_to_the_closed_form_at_every_layer(config: ResNetConfig) -> None:
    arch = analyze(config)
    terms = field_terms(arch)
    assert terms.keys() == arch.by_name.keys()
    for layer in arch.layers:
        assert 1 + sum(term.pixels for term in terms[layer.name]) == layer.receptive_field, layer.name
    beside = (Role.SHORTCUT, Role.ATTENTION)
    branch = [layer for layer in arch.layers if layer.kernel > 1 and layer.role not in beside]
    last = terms[arch.layers[-1].name]
    assert sum(term.count for term in last) == len(branch)
    assert all(replace(one, count=1) != replace(other, count=1) for one, other in pairwise(last))


def test_why_resnet34_sees_farther_than_resnet50() -> None:
    deep, bottlenecks, first = (analyze(preset(name)) for name in ("resnet34", "resnet50", "resnet50_v1"))
    assert field_difference(deep, bottlenecks) == (
        "The receptive field is 899 px in ResNet-34 and 427 px in ResNet-50 (v1.5): 3×3 convolutions add 888 px "
        "(32 layers) against 416 px (16 layers)."
    )
    assert field_difference(bottlenecks, first).endswith(
        "416 px (16 layers) against 472 px (16 layers), on coarser maps."
    )
    assert not field_difference(deep, deep)


@settings(max_examples=60)
@given(configs(), configs())
def test_every_difference_is_counted_again(one: ResNetConfig, other: ResNetConfig) -> None:
    archs = analyze(one), analyze(other)
    assume(archs[0].receptive_field != archs[1].receptive_field)
    said = field_difference(*archs)
    for dilated, kernel, noun, before, after in re.findall(
        r"(dilated )?(\d+)×\d+ (convolution|pooling|blur)s add (.+?) against ([^;,.]+(?:,\d+[^;,.]*)*)", said
    ):
        kind = {"convolution": Kind.CONV, "pooling": Kind.POOL, "blur": Kind.BLUR}[noun]
        for arch, words in zip(archs, (before, after), strict=True):
            layers = [
                layer
                for layer in arch.layers[: [each.name for each in arch.layers].index("avgpool")]
                if layer.kernel == int(kernel)
                and layer.role not in (Role.SHORTCUT, Role.ATTENTION)
                and layer.kind is kind
                and (layer.dilation > 1) is bool(dilated)
            ]
            pixels = sum((layer.kernel - 1) * layer.dilation * layer.jump_in for layer in layers)
            counted = f"{len(layers):,} layer{'' if len(layers) == 1 else 's'}"
            assert words == (f"{pixels:,} px ({counted})" if layers else "none")
    numbers = [int(number.replace(",", "")) for number in re.findall(r"is ([\d,]+) px in", said)]
    assert numbers == [archs[0].receptive_field]
