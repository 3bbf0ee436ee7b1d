"""The network's name, what it equals, and its five numbers beside those of the network before."""

import streamlit as st

from explorer.arithmetic import Architecture, analyze
from explorer.config import ResNetConfig
from explorer.explain import badges
from explorer.presets import name_of
from explorer.receipts import by_role, depth_receipt
from explorer.units import human, signed, size


def headline(arch: Architecture, before: ResNetConfig | None) -> None:
    """Name, badges, and the metrics with their receipts."""
    st.header(name_of(arch.config), anchor=False)
    facts = badges(arch.config)
    if facts:
        reasons = " ".join(fact.reason for fact in facts)
        st.markdown(" ".join(f":blue-badge[{fact.text}]" for fact in facts), help=reasons)
    earlier = analyze(before) if before is not None and before != arch.config else None
    with st.container(horizontal=True, gap="small", key="metrics"):
        _metrics(arch, earlier)
    if earlier is not None:
        st.caption(f"Differences are against {name_of(earlier.config)}.")


def _metrics(arch: Architecture, earlier: Architecture | None) -> None:
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
            f"Stem + convolutions of a block · blocks + classifier: {depth_receipt(arch.config)}",
        ),
        (
            "Receptive field",
            f"{arch.receptive_field:,} px",
            "receptive_field",
            f"What one position before the global pooling can see, {reach} than the image's {side} px each way.",
        ),
    )
    for label, value, number, receipt in cards:
        delta = _delta(getattr(arch, number), getattr(earlier, number), number) if earlier else None
        st.metric(label, value, delta, delta_color="off", help=receipt, border=True, width=168)


def _delta(now: int, then: int, number: str) -> str:
    """The difference in the number's own unit; streamlit reads a leading minus sign as "down"."""
    if number == "activation_bytes":
        sign = "-" if now < then else "+"
        return f"{sign}{size(abs(now - then))}" if now != then else "±0"
    return signed(now - then).replace("−", "-")
