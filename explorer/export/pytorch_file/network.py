"""The code of the whole network: how stages are made of blocks, the ``ResNet`` class and its initial weights."""

from collections.abc import Mapping

from explorer.export.python_source.facts import INIT_REASONS, Facts
from explorer.export.python_source.text import (
    Lines,
    applied,
    definition,
    docstring,
    fitted,
    function,
    indented,
    shaped,
    spread,
)
from explorer.export.pytorch_file.modules import activation, conv, norm
from explorer.network.architecture import Architecture
from explorer.network.block_plans import BlockPlan
from explorer.network.layer import Shape
from explorer.network.options import Init, Stem

_INITS: Mapping[Init, str] = {
    Init.HE_FAN_OUT: 'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
    Init.HE_FAN_IN: 'nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")',
    Init.XAVIER: "nn.init.xavier_uniform_(module.weight)",
}


class NetworkCode:
    """Writes the ``ResNet`` class of a network and the functions it calls."""

    def __init__(self, arch: Architecture, facts: Facts) -> None:
        self.arch = arch
        self.facts = facts
        self.config = arch.config
        self.initialises = self.config.init is not Init.TORCH or facts.zeroes
        self.repeats = len(self.config.widths) > 1 and max(self.config.stage_blocks) > 1

    def functions(self) -> list[Lines]:
        """The functions the class calls."""
        return [*([self._stage()] if self.repeats else []), *([self._init_weights()] if self.initialises else [])]

    def _stage(self) -> Lines:
        facts = self.facts
        first = {name: name for name in facts.parameters}
        same = first | {"in_channels": facts.out, "stride": "stride=1"}
        change = "the shape" if facts.resizes else "the resolution"
        before: Lines = []
        if facts.dilated:
            before = ["before = max(dilation // 2, 1)  # the first block still has that of the stage before"]
            first[facts.dilation] = "(before, dilation)" if facts.basic else "before"
            before += ["same = (dilation, dilation)"] if facts.basic else []
            same[facts.dilation] = "dilations=same" if facts.basic else "dilation=dilation"

        def block(values: dict[str, str]) -> str:
            return f"{facts.block_name}({', '.join(values[name] for name in facts.parameters)})"

        return function(
            "stage",
            ["blocks: int", *(f"{'dilation' if name == 'dilations' else name}: int" for name in facts.parameters)],
            "nn.Sequential",
            0,
            docstring(f"``blocks`` blocks in a row; only the first may change {change}.", depth=1),
            before,
            fitted("layers = nn.Sequential", [block(first)], "", 1),
            definition("for _ in range(blocks - 1)", fitted("layers.append", [block(same)], "", 2)),
            ["return layers"],
        )

    def _init_weights(self) -> Lines:
        explanation = INIT_REASONS.get(self.config.init, "Let every block start as its shortcut.")
        line = _INITS.get(self.config.init, "")
        body: Lines = []
        if line:
            biases = ["nn.init.zeros_(module.bias)"] if self.config.conv_bias else []
            if self.facts.squeezes and not self.config.conv_bias:
                biases = definition("if module.bias is not None", ["nn.init.zeros_(module.bias)"])
            body = definition("if isinstance(module, nn.Conv2d)", [line, *biases])
        if self.facts.zeroes:
            head = f"{'elif' if line else 'if'} isinstance(module, {self.facts.block_name})"
            body += definition(head, self._silence())
        doc = docstring(explanation, depth=1)
        return definition("def init_weights(module: nn.Module) -> None", doc, body)

    def _silence(self) -> Lines:
        steps = self.config.convs_per_block
        if self.facts.normed and not self.facts.pre:
            return [f"nn.init.zeros_(module.bn{steps}.weight)  # the block starts as its shortcut"]
        bias = [f"nn.init.zeros_(module.conv{steps}.bias)"] if self.config.conv_bias else []
        return [f"nn.init.zeros_(module.conv{steps}.weight)  # the block starts as its shortcut", *bias]

    def lines(self) -> Lines:
        """The class itself."""
        features, config = self.facts.plans[-1].out_channels, self.config
        init = definition(
            "def __init__(self) -> None",
            ["super().__init__()"],
            self._stem(),
            *(self._layer(stage) for stage in range(1, len(config.widths) + 1)),
            self._norm_and_act("last", features) if self.facts.pre else [],
            ["self.avgpool = nn.AdaptiveAvgPool2d(1)", f"self.fc = nn.Linear({features}, {config.num_classes})"],
            self._drop_rates(),
            self._apply(),
        )
        side = config.image_size
        doc = docstring(
            f"Images (N, {config.in_channels}, {side}, {side}) to logits (N, {config.num_classes}).", depth=1
        )
        forward = definition("def forward(self, x: Tensor) -> Tensor", self._forward())
        return definition("class ResNet(nn.Module)", doc, [""], init, [""], forward)

    def _drop_rates(self) -> Lines:
        """The probabilities of stochastic depth, in linear decay (Huang et al. 2016, equation 4)."""
        if not self.facts.drops_branches:
            return []
        return [
            "drops = [part for part in self.modules() if isinstance(part, DropPath)]",
            *definition(
                "for number, drop in enumerate(drops, start=1)",
                [f"drop.p = {self.config.stochastic_depth} * number / len(drops)  # the last one's is the largest"],
            ),
        ]

    def _apply(self) -> Lines:
        order = "  # parts before the blocks they belong to"
        return [f"self.apply(init_weights){order if self.facts.zeroes else ''}"] if self.initialises else []

    def _norm_and_act(self, suffix: str, channels: int) -> Lines:
        joint = "_" if suffix == "last" else ""
        normed = [f"self.bn{joint}{suffix} = {norm(self.config, channels)}"] if self.facts.normed else []
        return [*normed, f"self.act{joint}{suffix} = {activation(self.config)}"]

    def _stem(self) -> Lines:
        config, facts = self.config, self.facts
        channels = config.stem_channels
        if config.stem is Stem.DEEP:
            first = self._deep_stem(channels)
        else:
            kernel, stride = (7, "stride=2") if config.stem is Stem.IMAGENET else (3, "")
            first = [f"self.conv1 = {conv(config, config.in_channels, channels, kernel, stride)}"]
        after = [] if facts.pre else self._norm_and_act("1", channels)
        by = 1 if facts.stem_blurs else 2
        pool = [f"self.maxpool = nn.MaxPool2d(3, stride={by}, padding=1)"] if config.stem.max_pools else []
        blur = ["self.blurpool = BlurPool()"] if facts.stem_blurs else []
        return [*first, *after, *pool, *blur]

    def _deep_stem(self, channels: int) -> Lines:
        """Three convolutions at ``conv1.0``, ``.3`` and ``.6``; without norms, identities keep those numbers."""
        facts, middle = self.facts, max(channels // 2, 1)
        between = [norm(self.config, middle) if facts.normed else "nn.Identity()", activation(self.config)]
        parts = [
            conv(self.config, self.config.in_channels, middle, 3, "stride=2"),
            *between,
            conv(self.config, middle, middle, 3),
            *between,
            conv(self.config, middle, channels, 3),
        ]
        reason = [] if facts.normed else ["# Identities stand where norms would, so that names stay the same."]
        return [*reason, *spread("self.conv1 = nn.Sequential", parts)]

    def _layer(self, stage: int) -> Lines:
        plans = [plan for plan in self.facts.plans if plan.stage == stage]
        if self.repeats:
            arguments = [f"blocks={len(plans)}", *self._arguments(plans[0], named=True)]
            if self.facts.dilated:
                arguments[-1] = f"dilation={self.facts.stage_dilation(stage)}"
            return fitted(f"self.layer{stage} = stage", arguments, "", 2)
        first, *rest = (f"{self.facts.block_name}({', '.join(self._arguments(plan))})" for plan in plans)
        head = f"self.layer{stage} = nn.Sequential"
        if not rest:
            return fitted(head, [first], "", 2)
        if first == rest[0]:
            again = f"*({first} for _ in range({len(plans)}))"
            return fitted(head, [again], "", 2)
        again = f"*({rest[0]} for _ in range({len(rest)}))" if len(rest) > 1 else rest[0]
        return spread(head, [first, again])

    def _arguments(self, plan: BlockPlan, *, named: bool = False) -> Lines:
        """The arguments that make this block; strides and dilations always with their names."""
        facts = self.facts
        values: dict[str, object] = {
            "in_channels": plan.in_channels,
            facts.width: facts.width_of(plan),
            "stride": plan.stride,
            facts.dilation: facts.dilation_of(plan),
        }
        said = ("stride", facts.dilation)
        return [f"{name}={values[name]}" if named or name in said else f"{values[name]}" for name in facts.parameters]

    def _forward(self) -> Lines:
        after = self._shapes()
        normed = ["bn1"] if self.facts.normed else []
        first = ["conv1"] if self.facts.pre else ["conv1", *normed, "act1"]
        steps = [(first, after["conv1"])]
        if self.config.stem.max_pools:
            steps.append((["maxpool"], after["maxpool"]))
        if self.facts.stem_blurs:
            steps.append((["blurpool"], after["blurpool"]))
        stages = [f"layer{stage}" for stage in range(1, len(self.config.widths) + 1)]
        steps += [([stage], after[stage]) for stage in stages]
        if self.facts.pre:
            steps.append(([*(["bn_last"] if normed else []), "act_last"], after[stages[-1]]))
        lines = [shaped(f"x = {applied('x', *modules)}", *shape) for modules, shape in steps]
        lines.append(shaped("x = self.avgpool(x).flatten(1)", after["avgpool"][0]))
        return [*lines, shaped("return self.fc(x)", self.config.num_classes)]

    def _shapes(self) -> dict[str, Shape]:
        """The output shape of each module the forward pass calls, by its name."""
        return {layer.name.split(".", maxsplit=1)[0]: layer.output_shape for layer in self.arch.layers}


def main(arch: Architecture) -> Lines:
    """What the file does when it is run: build the network, send an image through it, check the parameters."""
    side = arch.config.image_size
    return definition(
        'if __name__ == "__main__"',
        ["net = ResNet().eval()"],
        ["with torch.inference_mode():"],
        indented([f"logits = net(torch.randn(1, {arch.config.in_channels}, {side}, {side}))"]),
        ["params = sum(param.numel() for param in net.parameters())"],
        ['print(f"logits {tuple(logits.shape)}, {params:,} parameters")'],
        [f"assert params == {arch.params:_}"],
    )
