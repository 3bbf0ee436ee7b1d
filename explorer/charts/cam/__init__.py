"""Charts of the Grad-CAM page."""
