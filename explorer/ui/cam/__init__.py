"""Parts of the Grad-CAM page."""
