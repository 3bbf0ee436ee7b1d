"""The sample pictures that questions are about. Without torch, for the paths that link to them."""

PALACE, BOOT, OTHER_BOOT, BAG = "china", "ankle-boot-1", "ankle-boot-2", "bag-2"
OTHER_CLASS = "Sneaker"  # asked of the first boot
