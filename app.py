"""ResNet Explorer: ``streamlit run app.py``. The pages are in ``pages/``; each has an address of its own.

The server imports this file and finds ``app`` in it. A session runs it for the bare address, which shows the first page
itself: leading on to another address would break the browser's back button.
"""

import runpy
from pathlib import Path

import streamlit as st

from explorer.ui.shell import LIFESPAN, MIDDLEWARE, PAGES

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("pages") / Path(PAGES[0][0]).name))
else:
    app = st.App(__file__, lifespan=LIFESPAN, middleware=MIDDLEWARE)
