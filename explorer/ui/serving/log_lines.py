"""The server's log in lines (see ``explorer.text.log_lines``), past Streamlit's and Uvicorn's own ways to log."""

import logging
import os

import streamlit.logger
from streamlit import config

from explorer.text.log_lines import through_root, write_lines

LOG = "EXPLORER_LOG"  # environment variable: "lines" for this


def log_in_lines() -> None:
    """Write lines, where the environment asks for it."""
    if os.environ.get(LOG) != "lines":
        return
    write_lines()
    logging.getLogger("uvicorn.access").disabled = True
    config.set_option("logger.enableRich", False)  # which prints exceptions past every logger, where it is installed
    streamlit.logger.setup_formatter = through_root  # Streamlit calls it for each logger that it makes later
