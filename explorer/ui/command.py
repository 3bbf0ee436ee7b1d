"""The command ``resnet-explorer``: starts the app from any folder and hands its arguments to Streamlit.

``resnet-explorer weights resnet18`` brings trained weights instead.
"""

import sys
from pathlib import Path

from streamlit.web import cli

_PACKAGE = Path(__file__).parents[1]


def app_file() -> Path:
    """Returns the path of ``app.py``: in a wheel it lies inside the package, in a checkout beside it."""
    carried = _PACKAGE / "_app" / "app.py"
    return carried if carried.exists() else _PACKAGE.parent / "app.py"


def main() -> None:
    """Starts the server; ``resnet-explorer --server.port 8600`` is ``streamlit run app.py --server.port 8600``."""
    if sys.argv[1:2] == ["weights"]:
        from explorer.weights.bring import main as bring  # noqa: PLC0415  brings torch

        sys.exit(bring(sys.argv[2:]))
    cli.main(["run", str(app_file()), *sys.argv[1:]], prog_name="resnet-explorer")
