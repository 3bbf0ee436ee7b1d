"""The heavy libraries, loaded once for the whole server."""

import gc
import threading
from importlib import import_module

from explorer.network.presets import preset

_LOADED = threading.Event()
_ASKED = threading.Lock()  # held from the first question on, so that two first visitors do not load twice


def warm_up() -> threading.Event:
    """Load the heavy libraries once, in the background; the event is set when they are loaded.

    Pictures and tables do not need them, so a page calls this after what it can show without. ``gc.freeze`` spares each
    later garbage collection a walk over what is loaded by then (0.16 s of one core).
    """
    if _ASKED.acquire(blocking=False):
        threading.Thread(target=_load, name="warm-up", daemon=True).start()
    return _LOADED


def _load() -> None:
    try:
        import_module("explorer.live.devices").leave_a_core_free()
        # A first small network brings in what torch imports only when it is used.
        import_module("explorer.live.inspect").inspect_live(preset("resnet20"))
        import_module("explorer.cam.page_jobs")  # torchvision and captum
        gc.collect()
        gc.freeze()
    finally:
        _LOADED.set()
    import_module("explorer.ideas.measure.six_shortcuts")  # scikit-learn, for one lesson: no page waits for it
    gc.freeze()
