"""What the shortcuts of a network have to do where the shape changes, whatever the framework."""

from collections.abc import Mapping

from explorer.export.python_source.facts import Facts
from explorer.network.options import Shortcut

_LABELS: Mapping[Shortcut, str] = {
    Shortcut.A: "Shortcut A",
    Shortcut.B: "Shortcut B",
    Shortcut.C: "Shortcut C, in every block",
    Shortcut.AVGPOOL: "Pooling shortcut",
    Shortcut.AVGPOOL_PROJECTION: "ResNet-D's shortcut",
}


class ShortcutFacts:
    """What stands beside the convolutions of a block.

    ``pads``: some block adds zero channels. ``skips``: some shortcut A leaves out positions; ``varies``: some
    other one does not, so that the stride has to be an argument. ``condition`` is the test that picks the blocks
    whose shortcut is no identity.
    """

    def __init__(self, facts: Facts, inputs: str) -> None:
        self.facts = facts
        self.condition = facts.condition(inputs)
        self.shortcut = facts.config.shortcut
        self.pools = [plan.pools for plan in facts.changing]
        self.pads = self.shortcut.pads and any(plan.in_channels != plan.out_channels for plan in facts.changing)
        strides = {plan.stride for plan in facts.changing} if self.shortcut is Shortcut.A else {1}
        self.skips = 2 in strides
        self.varies = strides == {1, 2}

    def comment(self) -> str:
        """What the shortcut is called, and what it does step by step."""
        position = "every stride-th position" if self.varies else "every second position"
        steps = {
            "an average pool": any(self.pools),
            "nothing to pool": self.shortcut is Shortcut.AVGPOOL_PROJECTION and not any(self.pools),
            position: self.skips,
            "zeros for new channels": self.pads,
            "a 1x1 projection": self.shortcut.projects,
        }
        return f"# {_LABELS[self.shortcut]}: {', '.join(step for step, taken in steps.items() if taken)}."
