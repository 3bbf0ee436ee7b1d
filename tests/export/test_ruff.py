"""The exported Python files as ruff sees them: it finds nothing, and lays nothing out otherwise."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings

from explorer.export.keras_file import to_keras
from explorer.export.tables import to_python
from explorer.network.config import ResNetConfig
from explorer.network.options import Block, Order, Shortcut
from explorer.network.presets import PRESETS
from tests.network.strategies import LONGEST, configs

# As wide as they get, without what came after He et al.
WIDEST = ResNetConfig(
    stage_blocks=LONGEST.stage_blocks,
    widths=(4091, 4092, 4093, 4094, 4095),
    stem=LONGEST.stem,
    activation=LONGEST.activation,
    norm=LONGEST.norm,
    stride_in=LONGEST.stride_in,
    init=LONGEST.init,
    in_channels=LONGEST.in_channels,
)

RULES = "E,F,W,I,N,UP,B,A,C4,SIM,RET,PTH,PIE,RUF,PL,PERF,TRY004,ARG,D205,D209,D403,D415"


def largest() -> Iterator[ResNetConfig]:
    """Configurations with the longest numbers and the longest names there are."""
    shortcuts = (Shortcut.NONE, Shortcut.A, Shortcut.AVGPOOL_PROJECTION)
    for block, order, shortcut, base in product(Block, Order, shortcuts, (LONGEST, WIDEST)):
        for blocks in ((256,) * 5, (1,) * 5, (256,)):
            yield replace(
                base,
                block=block,
                order=order,
                shortcut=shortcut,
                stage_blocks=blocks,
                widths=base.widths[-len(blocks) :],
                num_classes=100_000,
                image_size=2048,
                conv_bias=False,
                stem_width=min(base.stem_width, base.widths[-len(blocks)]),
            )


@pytest.mark.slow
def test_ruff_finds_nothing_and_changes_nothing(tmp_path: Path) -> None:
    """Whatever width it formats at, and with every rule that this project has and some more."""
    codes: list[str] = []

    def export(config: ResNetConfig) -> None:
        codes.extend((to_python(config), to_keras(config)))

    for config in (*PRESETS.values(), *largest()):
        export(config)
    settings(max_examples=120, database=None)(given(configs())(export))()
    assert len(codes) > 320
    for number, code in enumerate(codes):
        (tmp_path / f"network{number}.py").write_text(code)
    ruff = [sys.executable, "-m", "ruff"]
    tail = ["--isolated", "--no-cache", "--quiet", str(tmp_path)]
    checks = [["check", "--select", RULES, "--ignore", "PLR2004", "--line-length", "88"]]
    checks += [["format", "--diff", "--line-length", width] for width in ("88", "100", "120")]
    for check in checks:
        done = subprocess.run([*ruff, *check, *tail], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout[:4000], done.stderr[:4000]) == (0, "", "")
