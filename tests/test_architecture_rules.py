"""The house's arrows: who may import whom, and what must never be loaded before the first picture."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("explorer/**/*.py")]
}
LIBRARY = [name for name in FILES if name.startswith("explorer") and not name.startswith("explorer.ui")]
SCREEN = [name for name in FILES if name not in LIBRARY]
# What answers at once, without a live network.
PROMPT = ["config", "layer", "arithmetic", "presets", "explain", "receipts", "frames", "words"]
PROMPT += ["amounts", "totals", "landscape", "bottleneck", "whatif", "published", "timings"]
PROMPT += ["budget", "align", "comparison", "ratios", "unit_words", "flow", "flow_trends", "flow_words", "quantity"]
PROMPT += ["contrast", "stories", "verdict", "flow_advice", "flow_export", "split", "backward", "nonlinear"]
PROMPT += ["picture_files", "images", "samples", "preprocess", "weight_sets", "saliency", "look", "seen"]
PROMPT += ["belief", "belief_words", "cam_words", "cam_caption", "lettering", "refusal"]
WHOLE = re.compile(r"explorer\.(charts|check|ideas(?!\.measure))")
PROMPT = ["explorer", *(f"explorer.{name}" for name in PROMPT), *filter(WHOLE.match, LIBRARY)]
SLOW = ("torch", "torchvision", "torchinfo", "captum")


def imported(name: str, *, lazily: bool = True) -> set[str]:
    """Dotted names that a module imports: ``from a import b`` counts as a and, where that is a module, a.b.

    Those under ``if TYPE_CHECKING`` never count, those inside functions only when ``lazily``.
    """
    found: set[str] = set()
    for node in _imports(ast.parse(FILES[name].read_text(encoding="utf-8")), lazily=lazily):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{name} has a relative import"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {str(node.module)} | (submodules & FILES.keys())
    return found


def _imports(node: ast.AST, *, lazily: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        elif lazily or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports(child, lazily=lazily)


def ours(name: str, *, lazily: bool = True) -> set[str]:
    """The modules of this project that a module imports."""
    return imported(name, lazily=lazily) & FILES.keys()


def theirs(name: str, *, lazily: bool = True) -> set[str]:
    """The packages, of others, that a module imports."""
    return {dotted.partition(".")[0] for dotted in imported(name, lazily=lazily) - FILES.keys()}


def reached(*names: str) -> set[str]:
    """The modules of this project that importing these loads, packages on the way included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in FILES and name not in found:
            found.add(name)
            waiting += [*ours(name, lazily=False), name.rpartition(".")[0]]
    return found


def test_the_files_are_found() -> None:
    assert {"app", "pages.architecture", "explorer", "explorer.charts.network", "explorer.ui.shell"} <= FILES.keys()
    assert theirs("explorer.live") >= {"torch"}
    assert ours("explorer.arithmetic") == {"explorer.config", "explorer.layer"}
    assert "explorer.live" not in ours("explorer.frames")  # only for the type checker


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_knows_no_screen(name: str) -> None:
    assert "streamlit" not in theirs(name)
    assert ours(name) & set(SCREEN) == set()


@pytest.mark.parametrize("name", ["explorer.config", "explorer.layer", "explorer.units"])
def test_the_foundation_imports_nothing_of_ours(name: str) -> None:
    assert ours(name) == set()


@pytest.mark.parametrize("name", ["explorer.arithmetic", "explorer.presets", "explorer.model"])
def test_the_readers_of_a_configuration_do_not_know_each_other(name: str) -> None:
    assert ours(name) <= {"explorer.config", "explorer.layer", "explorer.units"}


@pytest.mark.parametrize("name", SCREEN)
def test_pages_and_widgets_leave_torch_to_the_library(name: str) -> None:
    assert theirs(name) & set(SLOW) == set()


def test_nothing_imports_a_page() -> None:
    for name in FILES:
        pages = {module for module in ours(name) if module == "app" or module.startswith("pages")}
        assert pages == set(), name


@pytest.mark.parametrize("name", PROMPT)
def test_what_answers_at_once_never_reaches_torch(name: str) -> None:
    loading = {module for module in reached(name) if theirs(module, lazily=False) & set(SLOW)}
    assert loading == set()


def test_the_first_picture_does_not_wait_for_torch() -> None:
    pages = [name for name in FILES if name.startswith("pages.")]
    loading = {module for module in reached("app", *pages) if theirs(module, lazily=False) & set(SLOW)}
    assert loading == set()


def test_importing_it_all_loads_neither_torch_nor_streamlit() -> None:
    heavy = ("streamlit", *SLOW)
    script = f"import sys\nimport {', '.join(PROMPT)}\nprint(*sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_no_import_runs_in_a_circle() -> None:
    order = list(TopologicalSorter({name: ours(name, lazily=False) for name in FILES}).static_order())  # or CycleError
    assert set(order) == FILES.keys()
    assert order.index("explorer.config") < order.index("explorer.arithmetic") < order.index("explorer.charts.network")
