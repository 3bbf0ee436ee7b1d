"""Where a network sees the evidence for a class: values, measurements and sentences of the Grad-CAM page."""
