"""What every page begins with (page setup and navigation), and what stands before the server."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.state import url
from explorer.ui.state.idle_stories import stories_when_idle
from explorer.ui.state.upload_guard import UploadGuard
from explorer.ui.widgets.navigation_bar import navigation_bar

# A block and its shortcut. Drawn here because streamlit fetches named icons for the browser's tab from the internet.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="9" y="14" width="14" height="14" rx="3" '
    'fill="#0072B2"/><path d="M4 21V8q0-4 4-4h16q4 0 4 4v13" fill="none" stroke="#00AB52" stroke-width="3"/></svg>'
)

# A new page is added here and in pages/; streamlit finds the file there by itself.
PAGES = (
    ("pages/architecture.py", "Architecture"),
    ("pages/compare.py", "Compare"),
    ("pages/gradients.py", "Gradient flow"),
    ("pages/cam.py", "Grad-CAM"),
    ("pages/ideas.py", "Ideas"),
)

MIDDLEWARE = (Middleware(UploadGuard),)
LIFESPAN = stories_when_idle


def start(title: str) -> None:
    """Set the page up and draw the navigation. The first streamlit call of a page."""
    st.set_page_config(page_title=f"{title} · ResNet Explorer", page_icon=ICON, layout="wide")
    url.remember(url.ARRIVED, st.session_state.get("shell.page", title) != title)
    url.remember("shell.page", title)
    navigation_bar(PAGES, title, ICON)
