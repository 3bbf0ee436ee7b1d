"""The heavy libraries, loaded once for the whole server."""

import gc
import threading
from importlib import import_module

import streamlit as st

from explorer.network.presets import preset


@st.cache_resource(show_spinner=False, max_entries=1)  # its lock keeps two first visitors from loading twice
def warm_up() -> threading.Event:
    """Load the heavy libraries once, in the background; the event is set when they are loaded.

    Pictures and tables do not need them, so a page calls this after what it can show without. ``gc.freeze`` spares each
    later garbage collection a walk over what is loaded by then (0.16 s of one core).
    """
    ready = threading.Event()

    def load() -> None:
        try:
            import_module("explorer.live.devices").leave_a_core_free()
            # A first small network brings in what torch imports only when it is used.
            import_module("explorer.live.inspect").inspect_live(preset("resnet20"))
            import_module("explorer.cam.page_jobs")  # torchvision and captum
            gc.collect()
            gc.freeze()
        finally:
            ready.set()
        import_module("explorer.ideas.measure.six_shortcuts")  # scikit-learn, for one lesson: no page waits for it
        gc.freeze()

    threading.Thread(target=load, name="warm-up", daemon=True).start()
    return ready
