"""What a network is called in the middle of a sentence or in a list."""

from collections.abc import Sequence

from explorer.config import ResNetConfig
from explorer.presets import name_of


def spoken(config: ResNetConfig) -> str:
    """A network's name that fits between commas: "ResNet-34", "ResNet-50 (v1.5)", "ResNet-29 (CIFAR, bottlenecks)",
    "ResNet-28 (blocks 3-4-6, widths 64-128-256)".

    ``name_of`` says the same with commas, which a list of names cannot bear: here all commas are inside one pair of
    brackets.
    """
    title, *rest = name_of(config).split(", ")
    if not rest:
        return title
    if title.endswith(")"):
        return f"{title[:-1]}, {', '.join(rest)})"
    return f"{title} ({', '.join(rest)})"


def listed(texts: Sequence[str]) -> str:
    """Texts as a list in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
