"""The network's name, what it equals, and its five numbers with the change since the network before.

This is one component of ours. Streamlit's headings and metrics would be eight elements, and each costs every rerun of
the page. It also opens receipts on a tap.
"""

from pathlib import Path

import streamlit as st

from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.explanation import badges
from explorer.network.names import name_of
from explorer.network.receipts import by_role, counted_by_convolutions, depth_receipt, field_receipt
from explorer.text.quantities import human, signed, size
from explorer.ui.state.caching import shared
from explorer.ui.widgets.component_data import packed

_HERE = Path(__file__).parent
_HEADLINE = st.components.v2.component(
    "resnet_explorer_headline",
    html=(_HERE / "headline.html").read_text(encoding="utf-8"),
    css=(_HERE / "headline.css").read_text(encoding="utf-8"),
    js=(_HERE / "headline.js").read_text(encoding="utf-8"),
)


def headline(arch: Architecture, before: ResNetConfig | None) -> None:
    """Draw name, badges, and the numbers with their receipts; ``before`` is the network that was shown before."""
    _HEADLINE(key="headline", data=_content(arch, before if before != arch.config else None))


@shared(32)
def _content(arch: Architecture, before: ResNetConfig | None) -> bytes:
    earlier = analyze(before) if before is not None else None
    return packed(
        {
            "name": name_of(arch.config),
            "badges": [[fact.text, fact.reason] for fact in badges(arch.config)],
            "cards": _cards(arch, earlier),
            "foot": f"Differences are against {name_of(earlier.config)}." if earlier else "",
        }
    )


def _cards(arch: Architecture, earlier: Architecture | None) -> list[dict[str, str]]:
    reach = "more" if arch.receptive_field > arch.config.image_size else "no more"
    roles_params, roles_macs = by_role(arch, lambda layer: layer.params), by_role(arch, lambda layer: layer.macs)
    side, memory = arch.config.image_size, arch.activation_bytes
    cards = (
        ("Parameters", f"{arch.params:,}", "params", roles_params),
        ("MACs", human(arch.macs), "macs", f"Multiply-adds for one image (FLOPs = 2 ×): {roles_macs}"),
        (
            "Activation memory",
            size(memory),
            "activation_bytes",
            f"All layers' outputs together, one image in float32: {memory:,} bytes. Training keeps part of them for "
            "the backward pass, inference none for long.",
        ),
        (
            "Weighted layers",
            f"{arch.depth:,}",
            "depth",
            "Stem + convolutions of a block · blocks + classifier: "
            + ". ".join(filter(None, (depth_receipt(arch.config), counted_by_convolutions(arch.config)))),
        ),
        (
            "Receptive field",
            f"{arch.receptive_field:,} px",
            "receptive_field",
            f"What one position before the global pooling can see, {reach} than the image's {side} px each way: "
            f"{field_receipt(arch)}.",
        ),
    )
    return [
        {"label": label, "value": value, "delta": _delta(arch, earlier, number), "receipt": receipt}
        for label, value, number, receipt in cards
    ]


def _delta(arch: Architecture, earlier: Architecture | None, number: str) -> str:
    """The difference in the number's own unit."""
    if earlier is None:
        return ""
    change = getattr(arch, number) - getattr(earlier, number)
    if number == "activation_bytes" and change:
        return f"{'−' if change < 0 else '+'}{size(abs(change))}"
    return signed(change)
