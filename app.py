"""ResNet Explorer: ``streamlit run app.py``. The pages are in ``pages/``; each has an address of its own.

The bare address shows the first page itself: leading on to another address would break the browser's back button.
"""

import runpy
from pathlib import Path

from explorer.ui.shell import PAGES

runpy.run_path(str(Path(__file__).with_name("pages") / Path(PAGES[0][0]).name))
