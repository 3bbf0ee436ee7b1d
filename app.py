"""ResNet Explorer: ``streamlit run app.py``. The pages are in ``pages/``; each has an address of its own.

The server imports this file and finds ``app`` in it. A session runs it at every rerun, whichever page it is on.
"""

import streamlit as st

from explorer.ui.shell import LIFESPAN, MIDDLEWARE, run_page

if __name__ == "__main__":
    run_page()
else:
    app = st.App(__file__, lifespan=LIFESPAN, middleware=MIDDLEWARE)
