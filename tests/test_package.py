"""What one gets with ``pip install``: the wheel's contents, its command, and the requirements that are shipped."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from PIL import Image
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession

from bench.client import Visitor
from bench.server import ROOT, Server, free_port
from bench.upload import send
from explorer import preset, to_python
from explorer.gradients.export import HEADER, to_script
from explorer.gradients.values import InputSource
from explorer.ui.command import app_file
from explorer.ui.shell import PAGES, address_of
from explorer.ui.state.uploads import NAMES, WEIGHTS
from shipped import pins

APP = {"app.py", ".streamlit/config.toml", *(path for path, _ in PAGES)}
SERVER_SECONDS = 60.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which pip has installed the wheel, without its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[Server]:
    """The installed command, started in a folder that has settings of its own."""
    settings = tmp_path / ".streamlit" / "config.toml"
    settings.parent.mkdir()
    settings.write_text('[server]\nmaxUploadSize = 7\n[theme.light]\nprimaryColor = "#123456"\n', encoding="utf-8")
    port, log_path = free_port(), tmp_path / "server.log"
    command = [installed / "bin" / "resnet-explorer", "--server.address=127.0.0.1", f"--server.port={port}"]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    running = Server(process, port, log_path)
    try:
        running.wait(SERVER_SECONDS)
        yield running
    finally:
        running.stop()


@dataclass
class Guest(Visitor):
    """A visitor who remembers the session's settings and what the page says about uploads."""

    settings: NewSession = field(default_factory=NewSession, init=False)
    upload_limits: set[int] = field(default_factory=set, init=False)

    def _finished(self, message: ForwardMsg) -> bool:
        if message.HasField("new_session"):
            self.settings = message.new_session
        if message.delta.new_element.HasField("file_uploader"):
            self.upload_limits.add(message.delta.new_element.file_uploader.max_upload_size_mb)
        return super()._finished(message)


def kept_by_git(*paths: str) -> set[str]:
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *paths]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_app_and_nothing_else(wheel: Path) -> None:
    assert kept_by_git("app.py", "pages", ".streamlit") == APP
    origin = {name: name for name in kept_by_git("explorer")} | {f"explorer/_app/{name}": name for name in APP}
    assert {"explorer/py.typed", "explorer/ui/widgets/svg_picture.js"} <= set(origin)
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert names == set(origin)
        for name, source in origin.items():
            assert archive.read(name) == (ROOT / source).read_bytes(), name


def test_the_command_finds_the_app_of_a_checkout() -> None:
    assert app_file() == ROOT / "app.py"


@pytest.mark.slow
def test_the_installed_command_serves_every_page_with_our_settings(server: Server) -> None:
    limits: set[int] = set()
    for path, _ in PAGES:
        address = address_of(path)
        with urllib.request.urlopen(f"{server.url}/{address}", timeout=SERVER_SECONDS) as answer:
            assert answer.status == 200
        with Guest(server, address) as guest:
            guest.visit("lesson=check" if address == "ideas" else "")
            assert guest.counts()["bidi_component"], address  # the navigation bar with its script and style
            if address == "cam":
                guest.settle(SERVER_SECONDS)  # torch and the weights that ship are loaded behind the page
                assert guest.counts()["plotly_chart"]
            limits |= guest.upload_limits
            if guest.upload_limits:  # more than the folder's own settings allow
                assert send(server, guest.session, "mine.safetensors", bytes(8 * 2**20)).status == 204
            assert guest.settings.custom_theme.light.primary_color == "#B5246B"
    assert limits == {WEIGHTS.megabytes, NAMES.megabytes}  # a file of weights, and a path's file
    assert "Traceback" not in server.log


BANNER = """
import sys
from streamlit import config, net_util
from streamlit.web import bootstrap

config._main_script_path = sys.argv[1]
bootstrap.load_config_options({})
net_util._make_blocking_http_get = lambda url, timeout: print("asks", url)
bootstrap._print_url(False)
print("collects after each run:", config.get_option("runner.postScriptGC"))
"""


@pytest.mark.slow
@pytest.mark.parametrize("ours", [True, False], ids=["our settings", "streamlit's own"])
def test_a_start_from_another_folder_has_our_settings_and_asks_no_outside_service(ours: bool, tmp_path: Path) -> None:
    """Streamlit's own settings do ask for this machine's address, which shows that this test would see it."""
    app = ROOT / "app.py" if ours else tmp_path / "app.py"
    headless = {"STREAMLIT_SERVER_HEADLESS": "true"}
    start = [sys.executable, "-c", BANNER, str(app)]
    done = subprocess.run(
        start, cwd=tmp_path, env={**os.environ, **headless}, check=True, capture_output=True, text=True, timeout=60
    )
    assert "http://localhost:8501" in done.stdout
    assert ("asks http" in done.stdout) is not ours
    assert f"collects after each run: {not ours}" in done.stdout


def test_what_is_pinned_is_what_the_package_asks_for() -> None:
    table = pins.project()
    for file, wanted in (
        ("requirements.txt", table["dependencies"]),
        ("requirements-dev.txt", table["optional-dependencies"]["dev"]),
    ):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        pinned = [Requirement(line) for line in lines if not line.startswith(("#", "-r "))]
        asked = [Requirement(line) for line in wanted]
        assert [(pin.name, pin.marker) for pin in pinned] == [(each.name, each.marker) for each in asked]
        for pin, requirement in zip(pinned, asked, strict=True):
            (exact,) = pin.specifier
            assert exact.operator == "==" and "+" not in exact.version, pin
            assert exact.version in requirement.specifier, pin


def test_every_python_that_the_package_names_is_tested() -> None:
    classifiers = "\n".join(pins.project()["classifiers"])
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    (matrix,) = re.findall(r"python: \[(.*)\]", workflow)
    assert re.findall(r"3\.\d+", matrix) == re.findall(r":: (3\.\d+)$", classifiers, re.MULTILINE)


SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)


BOTH = """
import runpy, sys
for sys.argv in (["measures.py"], ["pictures.py", "picture.png"]):
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


def ran(folder: Path, *command: str, packages: str = "") -> subprocess.CompletedProcess[str]:
    """Python with these arguments in a folder that has no package; it looks for packages in ``packages``, too."""
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**bare, "PYTHONIOENCODING": "utf-8"} | ({"PYTHONPATH": packages} if packages else {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def save_script(file: Path, text: str, install: str) -> None:
    assert any(line.endswith(install) for line in text.splitlines()[:12])
    file.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_exported_measurements_run_with_the_installed_package(installed: Path, tmp_path: Path) -> None:
    """Both in one process, for torch takes 2 s to load."""
    for name, source in (("measures.py", InputSource.NOISE), ("pictures.py", InputSource.IMAGES)):
        script = to_script([SMALL], ["mine"], seeds=(0,), batch_size=2, device="cpu", source=source)
        save_script(tmp_path / name, script, "pip install .")
        bare = ran(tmp_path, name, "picture.png")  # who reads the error instead of the first lines is told there, too
        assert "pip install . in the folder of ResNet Explorer" in bare.stderr
    Image.new("RGB", (32, 32), "teal").save(tmp_path / "picture.png")
    done = ran(tmp_path, "-c", BOTH, packages=str(installed))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines().count(",".join(HEADER)) == 2


@pytest.mark.slow
def test_an_exported_network_runs_with_torch_alone(tmp_path: Path) -> None:
    save_script(tmp_path / "again.py", to_python(SMALL), "pip install torch")
    done = ran(tmp_path, "again.py")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 1


def test_pins_leave_out_how_torch_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "version", {"torch": "2.14.1+cpu", "grad-cam": "1.5.7"}.__getitem__)
    asked = ["torch>=2.10,<2.15", "grad-cam>=1.5; os_name == 'posix'"]
    assert pins.pinned(asked) == "torch==2.14.1\ngrad-cam==1.5.7; os_name == 'posix'\n"


def test_make_hands_the_index_of_torch_to_pip() -> None:
    def dry(*variables: str) -> str:
        make = ["make", "-n", "-B", "run", *variables]
        bare = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "TORCH_INDEX"}
        return subprocess.run(make, cwd=ROOT, env=bare, check=True, capture_output=True, text=True, timeout=60).stdout

    install = "pip install -r requirements.txt --extra-index-url https://index.test"
    assert install in dry("TORCH_INDEX=https://index.test")
    assert "index" not in dry()
