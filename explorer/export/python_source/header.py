"""The top of the file: what the network is, its numbers, and where its design comes from."""

from collections.abc import Iterator

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import WIDTH, Lines, docstring
from explorer.network.architecture import Architecture
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.network.options import Init, Shortcut, Stem, StrideIn
from explorer.network.presets import preset_of


def header(arch: Architecture, facts: Facts, framework: str, needs: str, *more: str) -> Lines:
    """The module's docstring. ``needs`` says what has to be installed; ``more`` are paragraphs after it."""
    config = arch.config
    known = preset_of(config)
    sources = [*([f"- this network: {known.source.replace('×', 'x')}"] if known else []), *_sources(facts)]
    return docstring(
        *_title(config, framework),
        f"{_numbers(arch)}\nIn the links of ResNet Explorer: {to_url(config)}",
        needs,
        *more,
        "\n".join(["The design comes from", *sources]),
        depth=0,
    )


def _title(config: ResNetConfig, framework: str) -> list[str]:
    """The network's name on the first line; under a shorter line where it is long."""
    name = name_of(config).replace("×", "x")
    title = f"{name}, in {framework}."
    if len(title) <= WIDTH - 6:  # the quotes
        return [title]
    return [f"A {'plain' if config.is_plain else 'residual'} network in {framework}.", f"{name}."]


def _numbers(arch: Architecture) -> str:
    image = f"{arch.config.in_channels}x{arch.config.image_size}x{arch.config.image_size} image"
    return (
        f"{arch.depth} weighted layers, {arch.params:,} parameters.\n"
        f"{arch.macs:,} multiply-adds for one {image}: what He et al. call FLOPs."
    )


def _sources(facts: Facts) -> Iterator[str]:
    """One line for each published idea the network uses."""
    config = facts.config
    yield "- the blocks: He et al. 2015, Deep Residual Learning for Image Recognition, arXiv:1512.03385"
    if facts.pre:
        yield "- pre-activation: He et al. 2016, Identity Mappings in Deep Residual Networks, arXiv:1603.05027"
    if not facts.basic and facts.strided and config.stride_in is StrideIn.CONV3X3:
        yield "- the stride on the 3x3: torchvision, models/resnet.py"
    bag = "He et al. 2018, Bag of Tricks for Image Classification, arXiv:1812.01187"
    if config.stem is Stem.DEEP:
        yield f"- the stem: {bag}"
    if config.shortcut is Shortcut.AVGPOOL_PROJECTION and facts.changing:
        yield f"- the shortcuts: {bag}"
    if config.shortcut is Shortcut.AVGPOOL and facts.changing:
        yield "- the shortcuts: KellerJordan/ResNet-PyTorch-CIFAR10"
    if config.init in (Init.HE_FAN_OUT, Init.HE_FAN_IN):
        yield "- the initial weights: He et al. 2015, Delving Deep into Rectifiers, arXiv:1502.01852"
    if config.init is Init.XAVIER:
        yield "- the initial weights: Glorot and Bengio 2010, PMLR 9:249-256"
    if facts.zeroes:
        yield "- branches that start at zero: Goyal et al. 2017, arXiv:1706.02677"
    yield from _sources_of_the_family(facts)


def _sources_of_the_family(facts: Facts) -> Iterator[str]:
    """The same for the ideas that came later."""
    config = facts.config
    if facts.grouped:
        yield "- the groups: Xie et al. 2017, Aggregated Residual Transformations, arXiv:1611.05431"
    elif facts.inner != facts.width or config.dropout:
        yield "- width and dropout: Zagoruyko and Komodakis 2016, Wide Residual Networks, arXiv:1605.07146"
    if facts.drops_branches:
        yield "- stochastic depth: Huang et al. 2016, arXiv:1603.09382"
    if facts.dilated:
        yield "- dilation in place of strides: Chen et al. 2017, arXiv:1706.05587"
    if facts.grouped_norm:
        yield "- group norm: Wu and He 2018, arXiv:1803.08494"
    if facts.squeezes:
        yield "- squeeze-and-excitation: Hu et al. 2018, arXiv:1709.01507; names as in timm"
    if facts.blurs or facts.stem_blurs:
        yield "- blur in front of strides: Zhang 2019, arXiv:1904.11486"
    if facts.scaled:
        yield "- the learned scale: De and Smith 2020, arXiv:2002.10444"
