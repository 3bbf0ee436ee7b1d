"""One colour for each role, on every page: diagram, tables, bars and treemaps.

The hues are those of Okabe and Ito's "Color Universal Design" palette (2008), told apart by people with any
of the common colour-vision deficiencies, with enough contrast on white and on near-black. The two greys are as far
apart in lightness as that contrast allows, since a colour-blind eye may see the classifier's purple as grey.
"""

from collections.abc import Mapping

from explorer.network.layer import Role

ROLE_COLOURS: Mapping[Role, str] = {
    Role.STEM: "#56B4E9",
    Role.CONV3X3: "#0072B2",
    Role.REDUCE: "#E69F00",
    Role.EXPAND: "#D55E00",
    Role.SHORTCUT: "#009E73",
    Role.NORM: "#666B75",
    Role.ACTIVATION: "#B0B4BC",
    Role.CLASSIFIER: "#CC79A7",
}
