"""The choices of the tab "Landscape": which recorded planes, and which plane to measure. All of them in the link."""

from explorer.ui.state.url_control import Control, lid, on_off

DEPTH = Control("landscape_depth", "", (), "Depth")
NETWORK = Control("landscape_network", "", (), "Network")
PLANE = Control(
    "landscape_plane", "1", tuple("123456789"), "Plane", "The seed of both random directions. 1 to 3 are recorded."
)
RECALIBRATED = on_off(
    "landscape_recalibrated",
    "Recalibrate the norms at each point",
    "Measures the batch norms' running statistics anew on the same pictures, wherever the weights are moved to.",
)
VALUES = lid("landscape_values", "The same as a table")
ALL = (DEPTH, NETWORK, PLANE, RECALIBRATED, VALUES)
