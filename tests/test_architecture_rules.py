"""What import-linter's contracts (pyproject.toml, ``make lint``) cannot see: what an import really loads."""

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "torchvision", "torchinfo", "captum", "sklearn", "scipy")
# Networks are built and run here; everything else answers at once, the ui included, which asks for these when needed.
RUNS_NETWORKS = re.compile(
    r"explorer\.(live|training\.(batches|trainer|train|untrained|paths\.(block_gradients|gradient|page_jobs)"
    r"|damage\.(walk|study|lesion|page_jobs)|(refinement|modes|landscape)\.(measure|page_jobs)|shattered\.measure)"
    r"|ideas\.measure|paths\.(truths\.(gradients|lessons|maps|modes)|handouts\.experiments\.(cam|gradients|ideas|training))"
    r"|network\.(model|blocks|operations|initial_weights)|compare\.stopwatch"
    r"|weights\.(load|bring)|export\.(onnx_file|onnx_graph|weights_file)"
    r"|gradients\.(measure|hooks|norms|amounts|flow_of_passes|input_batch|first_steps|depth_sweep|page_jobs|story_jobs)"
    r"|cam\.(maps|map_scores|input_checks|map_layers|target_classes|attributions|deletion_check|randomisation_check"
    r"|page_jobs|erase_jobs|region_search|gallery_job))(\.|$)"
)
NEED_RAY = {f"explorer.cluster.{name}" for name in ("actor", "keeper", "machines")}  # they run in a cluster


def loaded(*groups: list[str]) -> list[set[str]]:
    """What a fresh interpreter has loaded after each of these groups of modules, imported one after another."""
    script = "import sys\n" + "".join(f"import {', '.join(group)}\nprint(*sys.modules)\n" for group in groups)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_what_answers_at_once_loads_nothing_heavy() -> None:
    names = [module.name for module in pkgutil.walk_packages(explorer.__path__, "explorer.")]
    prompt = [name for name in names if name not in NEED_RAY and not RUNS_NETWORKS.match(name)]
    assert {"explorer.network.arithmetic", "explorer.ui.shell", "explorer.cam.words"} <= set(prompt)
    (found,) = loaded(prompt)
    assert found & {*HEAVY, "ray", "prometheus_client"} == set()  # nothing that not everybody asks for


@pytest.mark.slow
def test_the_library_loads_no_screen() -> None:
    light, heavy = loaded(
        ["explorer", "explorer.check", "explorer.export.tables"],
        ["explorer.live.inspect", "explorer.cam.page_jobs", "explorer.gradients.page_jobs"],
    )
    assert light & {"streamlit", *HEAVY} == set()
    assert "torch" in heavy and "streamlit" not in heavy


def test_the_entry_holds_nothing_but_the_first_page() -> None:
    """``app.py`` stands beside the packages that import-linter reads."""
    nodes = ast.walk(ast.parse((ROOT / "app.py").read_text(encoding="utf-8")))
    names = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name and name.startswith(("explorer", "pages", "streamlit"))} == {
        "explorer.ui.shell"
    }
