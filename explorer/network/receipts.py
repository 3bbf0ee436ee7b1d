"""Receipts: where a number on the page comes from, with this network's own numbers filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.network.architecture import Architecture
from explorer.network.block_plans import block_plans
from explorer.network.config import ResNetConfig
from explorer.network.labels import ROLE_LABELS
from explorer.network.layer import Kind, Layer, Role
from explorer.network.options import Stem
from explorer.network.receptive_field import before_pooling, field_sum, field_terms
from explorer.text.quantities import shape, size


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: what is counted, the sum with its result, and what the sum means."""

    what: str
    formula: str
    meaning: str


FIELD_SUM = "Receptive field, from the image on"
_FIELD_MEANING = "1 + (kernel − 1)·distance between pixels, over all layers up to here"


def layer_receipt(arch: Architecture, layer: Layer) -> tuple[Line, ...]:
    """Every number of one layer of ``arch``."""
    lines = [
        Line("Parameters", layer.formula, _params_meaning(layer)),
        Line("MACs", layer.macs_formula, _macs_meaning(layer)),
        Line("Output channels", layer.channels_formula, _channels_meaning(layer)),
        Line("Output height and width", layer.size_formula, _size_meaning(layer)),
        Line("Receptive field", layer.field_formula, f"what the input has seen + {_steps(layer)}"),
        Line(FIELD_SUM, field_sum(field_terms(arch)[layer.name]), _FIELD_MEANING),
        Line("Output in memory", f"{layer.bytes_formula} bytes", f"float32, one image: {size(layer.activation_bytes)}"),
    ]
    if layer.kind is Kind.ADD:
        lines[4] = Line("Receptive field", f"{layer.receptive_field:,}", "the larger of the two paths")
    if layer.role is Role.ATTENTION and layer.kind is Kind.SCALE:
        lines[4] = Line(
            "Receptive field", f"{layer.receptive_field:,}", "the branch's; the gate has seen the whole map"
        )
    return tuple(lines)


def _steps(layer: Layer) -> str:
    return f"(kernel − 1){'·dilation' if layer.dilation > 1 else ''}·distance between its pixels"


def _params_meaning(layer: Layer) -> str:
    match layer.kind:
        case Kind.CONV:
            read = "channels in / groups" if layer.groups > 1 else "channels in"
            return f"kernel · kernel · {read} · channels out" + (" + one bias for each" if layer.bias else "")
        case Kind.NORM:
            return "a scale and a shift for each channel"
        case Kind.LINEAR:
            return "features · classes + one bias for each class"
        case Kind.SCALE if layer.params:
            return "one number that multiplies the branch; it starts at 0"
        case _:
            return "nothing to learn"


def _macs_meaning(layer: Layer) -> str:
    if layer.kind is Kind.CONV:
        return "weights · positions of the output (bias not counted)"
    if layer.kind is Kind.LINEAR:
        return "each weight once (bias not counted)"
    return "only convolutions and the classifier are counted"


def _channels_meaning(layer: Layer) -> str:
    meanings = {
        Kind.CONV: "one for each filter",
        Kind.LINEAR: "one for each class",
        Kind.PAD: "the channels there are + channels of zeros",
    }
    return meanings.get(layer.kind, "unchanged")


def _size_meaning(layer: Layer) -> str:
    if layer.kind in (Kind.CONV, Kind.POOL, Kind.BLUR):
        rounding = "rounded up" if layer.ceil_mode else "rounded down"
        reach = "(kernel − 1)·dilation − 1" if layer.dilation > 1 else "kernel"
        return f"(side + 2·padding − {reach}) / stride, {rounding}, + 1"
    return f"every {layer.stride}nd row and column" if layer.kind is Kind.PAD and layer.stride > 1 else "unchanged"


def unit_receipt(arch: Architecture, unit: str) -> tuple[Line, ...]:
    """The sums of one block, the stem or the head of ``arch`` over its layers."""
    layers = arch.unit_layers(unit)
    shapes = [shape(layers[0].input_shape), shape(layers[-1].output_shape)]
    return (
        Line("Parameters", _sum_of(layers, lambda layer: layer.params), "over its layers"),
        Line("MACs", _sum_of(layers, lambda layer: layer.macs), "over its convolutions and classifier"),
        Line("Shape", " → ".join(shapes), "channels × height × width, one image"),
        Line(
            "Receptive field",
            field_sum(field_terms(arch)[layers[-1].name]),
            f"pixels of the image, each way, after its last layer: {_FIELD_MEANING}",
        ),
    )


def _sum_of(layers: Sequence[Layer], measure: Callable[[Layer], int]) -> str:
    terms = [measure(layer) for layer in layers if measure(layer)]
    total = f"{sum(terms):,}"
    return f"{' + '.join(f'{term:,}' for term in terms)} = {total}" if len(terms) > 1 else total


def by_role(arch: Architecture, measure: Callable[[Layer], int]) -> str:
    """A total as the sum over roles: ``stem 9,408 + 3×3 convolution 11,317,248 + ... = 25,557,032``."""
    totals: dict[str, int] = {}
    for layer in arch.layers:
        label = ROLE_LABELS[layer.role]
        totals[label] = totals.get(label, 0) + measure(layer)
    terms = " + ".join(f"{label} {value:,}" for label, value in totals.items() if value)
    return f"{terms} = {sum(totals.values()):,}"


def depth_receipt(config: ResNetConfig) -> str:
    """Weighted layers: stem + convolutions per block · blocks + classifier."""
    blocks = sum(config.stage_blocks)
    spread = "+".join(map(str, config.stage_blocks))
    inner = f"({spread})" if len(config.stage_blocks) > 1 else str(blocks)
    return f"{config.stem.convs} + {config.convs_per_block}·{inner} + 1 = {config.depth}"


def wide_depth(config: ResNetConfig) -> int:
    """The depth that Wide ResNets are named by, or 0 for networks that nobody counts so.

    Zagoruyko and Komodakis 2016 count every convolution, with the projections and without the classifier: WRN-28-10.
    """
    if not config.stem_width or config.stem is not Stem.CIFAR or not config.shortcut.projects:
        return 0
    return config.depth - 1 + sum(plan.shortcut == "project" for plan in block_plans(config))


def counted_by_convolutions(config: ResNetConfig) -> str:
    """The depth that Wide ResNets are named by, in a sentence; "" for networks that nobody counts so."""
    depth = wide_depth(config)
    if not depth:
        return ""
    convs = config.convs_per_block * sum(config.stage_blocks)
    count = f"1 + {convs} + {depth - 1 - convs} = {depth}"
    return f"Wide ResNets are named by their convolutions, projections counted and the classifier not: {count}."


def field_receipt(arch: Architecture) -> str:
    """The network's receptive field, that of a position before the global pooling, layer by layer."""
    return field_sum(before_pooling(arch))
