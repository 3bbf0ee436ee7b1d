"""A network as TikZ for a paper: its blocks from top to bottom, the shortcuts as arcs beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.network.architecture import Architecture
from explorer.network.arithmetic import analyze
from explorer.network.config import ResNetConfig
from explorer.network.labels import option_label
from explorer.network.layer import Layer, Role
from explorer.network.links import to_url
from explorer.network.names import name_of
from explorer.network.options import Norm, Order
from explorer.network.unit_description import layer_words, shortcut_words
from explorer.text.quantities import shape

SKIP = "00AB52"  # the colour of skip connections in every picture of this project
STAGES = ("CFE6FB", "FBDCC4", "E9D3EA", "FFF2B8", "D9D9D9")  # light, for black letters
_STYLES: Mapping[str, str] = {"identity": "identity", "pad": "padding", "project": "projection"}
_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": "--",
    "–": "--",
    "’": "'",
}
_GATE = "squeeze-and-excitation"
_TOP = r"""\documentclass[tikz, border=6pt]{standalone}
\usetikzlibrary{arrows.meta, positioning}"""
_PICTURE = r"""\begin{document}
\begin{tikzpicture}[
  node distance=7mm,
  >={Stealth[length=2mm]},
  unit/.style={draw, rounded corners=2pt, align=center, minimum width=30mm, font=\small},
  sum/.style={draw=skip, circle, inner sep=0.5pt, font=\small},
  flow/.style={->},
  identity/.style={->, draw=skip, thick},
  projection/.style={identity, dashed},
  padding/.style={identity, densely dotted},
  note/.style={align=left, font=\scriptsize},
]"""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one node shows: its lines, the style and words of its shortcut (none without), and its output's shape."""

    stage: int
    lines: tuple[str, ...]
    style: str
    words: str
    output: str


def to_tikz(config: ResNetConfig) -> str:
    r"""A LaTeX document with the network as a TikZ picture; pdflatex needs the packages standalone and tikz.

    Blocks of a stage that look the same follow each other as one node "× n", as papers draw them, so that the deepest
    network fits on a page. Projections are dashed, zero-padded shortcuts dotted.

    Raises:
        ValueError: the network cannot exist (see ``analyze``).
    """
    arch = analyze(config)
    colours = [f"\\definecolor{{stage{number}}}{{HTML}}{{{colour}}}" for number, colour in enumerate(STAGES, start=1)]
    lines = [
        f"% {_ascii(name_of(config))}: {to_url(config)} in the links of ResNet Explorer.",
        f"% {arch.params:,} parameters, {arch.macs:,} multiply-adds for one image.",
        _TOP,
        f"\\definecolor{{skip}}{{HTML}}{{{SKIP}}}",
        *colours[: len(config.widths)],
        _PICTURE,
        *_body(arch),
        r"\end{tikzpicture}",
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"


def _body(arch: Architecture) -> Iterator[str]:
    """The nodes and the edges, in the order of the flow."""
    first = arch.layers[0].input_shape
    yield f"\\node[unit, draw=none] (image) {{{tex(f'image {shape(first)}')}}};"
    stem, head = _unit(arch, "stem"), _unit(arch, "head")
    yield f"\\node[unit, below=of image, label={{[note]left:{tex(stem.output)}}}] (stem) {{{_lines(stem)}}};"
    yield r"\draw[flow] (image) -- (stem);"
    last, blocks = "stem", (_unit(arch, name) for name in arch.units[1:-1])
    for number, (unit, equal) in enumerate(groupby(blocks), start=1):
        yield from _block(f"block{number}", last, unit, len(list(equal)))
        last = f"sum{number}" if unit.style else f"block{number}"
    yield f"\\node[unit, below=of {last}] (head) {{{_lines(head)}}};"
    yield f"\\draw[flow] ({last}) -- (head);"
    yield f"\\node[note, below=3mm of head] {{{tex(_note(arch.config))}}};"


def _unit(arch: Architecture, name: str) -> _Unit:
    layers: Sequence[Layer] = arch.unit_layers(name)
    main = [layer for layer in layers if not layer.on_shortcut]
    gate = next((layer for layer in main if layer.role is Role.ATTENTION), None)  # the first of several stands for all
    said = [layer for layer in main if layer.role is not Role.ATTENTION or layer is gate]
    lines = [words for layer in said if (words := _GATE if layer is gate else layer_words(layer))]
    block = layers[0].block is not None
    stage = int(layers[0].stage.removeprefix("layer")) if block else 0
    style = words = ""
    if block and not arch.config.is_plain:
        beside = [layer for layer in layers if layer.on_shortcut]
        words = ", ".join(shortcut_words(layers))
        kind = "project" if any(layer.macs for layer in beside) else "pad" if beside else "identity"
        style = _STYLES[kind]
    return _Unit(stage, tuple(lines), style, words, shape(layers[-1].output_shape))


def _block(name: str, above: str, unit: _Unit, count: int) -> Iterator[str]:
    """A block's node, and below it the sum with the arc of the shortcut that reads what the block reads."""
    times, output = [f"$\\times\\,{count}$"] if count > 1 else [], tex(unit.output)
    label = ", ".join(times if unit.style else [*times, output])
    left = f", label={{{'' if unit.style else '[note]'}left:{label}}}" if label else ""
    yield f"\\node[unit, fill=stage{unit.stage}, below=of {above}{left}] ({name}) {{{_lines(unit)}}};"
    if not unit.style:
        yield f"\\draw[flow] ({above}) -- ({name});"
        return
    add, fork = name.replace("block", "sum"), name.replace("block", "fork")
    yield f"\\draw[flow] ({above}) -- coordinate ({fork}) ({name});"
    yield f"\\node[sum, below=4mm of {name}, label={{[note]left:{output}}}] ({add}) {{$+$}};"
    yield f"\\draw[flow] ({name}) -- ({add});"
    words = f" node[note, right] {{{tex(unit.words)}}}" if unit.words else ""
    reach = max(30, 8 + 5 * max(map(len, unit.lines)) // 4)  # millimetres: an arc goes three quarters of it
    yield f"\\draw[{unit.style}] ({fork}) .. controls +({reach}mm, 0) and +({reach}mm, 0) ..{words} ({add});"


def _lines(unit: _Unit) -> str:
    return r"\\".join(tex(line) for line in unit.lines)


def _note(config: ResNetConfig) -> str:
    norm = [] if config.norm is Norm.NONE else [option_label("norm", config.norm).lower()]
    after = [*norm, option_label("activation", config.activation)]
    parts = [*after, "convolution"] if config.order is Order.PRE else ["convolution", *after]
    return f"Inside a block: {', '.join(parts)}."


def tex(text: str) -> str:
    """Text for LaTeX: special characters escaped, mathematical signs in math mode."""
    return "".join(_SPECIAL.get(character, character) for character in text)


def _ascii(text: str) -> str:
    return text.replace("×", "x")
