"""ResNet Explorer: ``streamlit run app.py``. The pages are in ``pages/``; each has an address of its own."""

from explorer.ui import shell

shell.open_first_page()
