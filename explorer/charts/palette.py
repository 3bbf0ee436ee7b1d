"""The colours and marks of every picture: of roles, of compared networks, and of lines; and how well they are seen.

Most of the roles' hues are those of Okabe and Ito's "Color Universal Design" palette (2008), made light or dark enough
for 3:1 against white and against near-black (WCAG 2.2, 1.4.11). People with any of the common colour-vision
deficiencies tell every two of them apart; in grey their lightness is too alike for that, so parts that touch have a
pattern, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.layer import Role

ROLE_COLOURS: Mapping[Role, str] = {
    Role.STEM: "#3697EF",
    Role.CONV3X3: "#0072B2",
    Role.REDUCE: "#9D4C16",
    Role.EXPAND: "#D55E00",
    Role.SHORTCUT: "#00AB52",
    Role.NORM: "#6A6167",
    Role.ACTIVATION: "#9A9298",
    Role.CLASSIFIER: "#B782B9",
    Role.ATTENTION: "#F020D8",
    Role.OTHER: "#9000F8",
}
# The hatching of a bar's parts that touch others, in plotly's notation.
ROLE_PATTERNS: Mapping[Role, str] = {
    Role.REDUCE: "/",
    Role.EXPAND: ".",
    Role.SHORTCUT: "x",
    Role.NORM: "-",
    Role.ATTENTION: "\\",
    Role.OTHER: "|",
}


@dataclass(frozen=True, slots=True)
class NetworkStyle:
    """How one of several compared networks is drawn: by colour, hatching, marker and dash, never by colour alone."""

    colour: str
    pattern: str
    symbol: str
    dash: str


# Every eye tells these from each other and from the roles' colours (tests/charts/test_colours.py measures it).
NETWORKS: tuple[NetworkStyle, ...] = (
    NetworkStyle("#7B3FE4", "", "circle", "solid"),
    NetworkStyle("#A49632", "/", "diamond", "dash"),
    NetworkStyle("#C41AA5", "x", "square", "dot"),
    NetworkStyle("#2D6F4A", ".", "triangle-up", "dashdot"),
)
MUTED = "#8A909C"  # secondary lines and hatching: visible on white and on near-black
SAVES = "/"  # the hatching of bars that stand for a saving


def network_style(number: int) -> NetworkStyle:
    """The style of a network by its position from 0; from the fifth on, colours return with another marker and dash."""
    style = NETWORKS[number % len(NETWORKS)]
    other = NETWORKS[(number + number // len(NETWORKS)) % len(NETWORKS)]
    return NetworkStyle(style.colour, other.pattern, other.symbol, other.dash)


def translucent(colour: str, opacity: float) -> str:
    """``#RRGGBB`` with an opacity from 0 to 1, in plotly's notation."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 for black and 1 for white (WCAG 2.2, IEC 61966-2-1)."""
    values = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours ``#RRGGBB``, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a tile of this colour."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, colour))
