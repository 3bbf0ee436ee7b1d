"""The gradient flow to take away: every number as CSV, and a short Python file that measures the same again."""

import json
import math
from collections.abc import Iterator, Sequence

from explorer.export.csv_text import csv_text
from explorer.gradients.seed_bands import FlowBand
from explorer.gradients.values import FlowReading, GradientFlow, InputSource
from explorer.network.config import ResNetConfig
from explorer.network.links import to_url

HEADER = ("network", "seed", "quantity", "place", "value", "log10", "state")


def rows(flow: GradientFlow, name: str) -> Iterator[tuple[str, int, str, str, float, float, str]]:
    """Every number of one flow as ``HEADER`` names them; of each add the two paths' parts and the shortcut's share."""

    def row(quantity: str, place: str, reading: FlowReading) -> tuple[str, int, str, str, float, float, str]:
        return name, flow.seed, quantity, place, reading.value, reading.log10, str(reading.state)

    for quantity, places, readings in (
        ("gradient", flow.blocks, flow.gradient_norms),
        ("weight", flow.layers, flow.weight_norms),
        ("signal", flow.blocks, flow.signal_norms),
    ):
        for place, reading in zip(places, readings, strict=True):
            yield row(quantity, place, reading)
    for add in flow.adds:
        yield row("down the shortcut", add.block, add.shortcut)
        yield row("down the branch", add.block, add.branch)
        # A share may be negative, and is nothing that leaves float32.
        yield name, flow.seed, "shortcut's share", add.block, add.shortcut_share, math.nan, ""


def flow_csv(bands: Sequence[FlowBand], names: Sequence[str]) -> str:
    """Every number of every network and seed, a line each."""
    named = zip(bands, names, strict=True)
    lines = (line for band, name in named for flow in band.flows for line in rows(flow, name))
    return csv_text(HEADER, lines, line_end="\n")


def to_script(
    configs: Sequence[ResNetConfig],
    names: Sequence[str],
    *,
    seeds: Sequence[int],
    batch_size: int,
    device: str,
    source: InputSource,
) -> str:
    """A Python file that measures the same with the library and prints the lines of ``flow_csv``.

    Its first lines say how to install the library, and the line that imports it says so again: that is the line which
    Python shows where the library is missing. For a picture it takes the picture's file as its argument.
    """
    networks = "".join(
        f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(to_url(config))},\n"
        for name, config in zip(names, configs, strict=True)
    )
    picture = source is InputSource.IMAGES
    crops = f"torch.from_numpy(crops(picture, {batch_size}, config.image_size, config.in_channels, seed))"
    return _SCRIPT.format(
        usage=" PICTURE" if picture else "",
        imports=_PATH_IMPORTS if picture else "",
        more_imports=_PICTURE_IMPORTS if picture else "",
        networks=networks,
        seeds=tuple(seeds),
        batch_size=batch_size,
        device=json.dumps(device),
        source=json.dumps(str(source)),
        picture=_PICTURE if picture else "",
        images=crops if picture else "None",
    )


_SCRIPT = '''\
# Needs the package of ResNet Explorer. Install it once, in the folder of the app's source code (a clone of its
# repository, where pyproject.toml is):
#
#     pip install .
#
# Then, in any folder:
#
#     python this_file.py{usage} > flow.csv
"""Measures the gradient flow of these networks and prints it as CSV."""

import csv
import sys
{imports}
from explorer import from_url, gradient_flow  # pip install . in the folder of ResNet Explorer
from explorer.gradients.export import HEADER, rows
{more_imports}
NETWORKS = {{
{networks}}}
SEEDS = {seeds}
{picture}
writer = csv.writer(sys.stdout, lineterminator="\\n")
writer.writerow(HEADER)
for name, link in NETWORKS.items():
    config = from_url(link)
    for seed in SEEDS:
        images = {images}
        flow = gradient_flow(
            config, seed=seed, batch_size={batch_size}, device={device}, images=images, source={source}
        )
        writer.writerows(rows(flow, name))
'''

_PATH_IMPORTS = """from pathlib import Path

import torch
"""
_PICTURE_IMPORTS = """from explorer.pictures.crops import crops
from explorer.pictures.decode import read_picture
"""
_PICTURE = """picture = read_picture(Path(sys.argv[1]).read_bytes())
"""
