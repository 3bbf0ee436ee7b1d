"""The names of the classes of data that many networks are trained for, in the order of their indices."""

from enum import StrEnum

from explorer.weights.catalogue import embedded, weight_set


class KnownClasses(StrEnum):
    """Data sets whose classes always have the same indices."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    FASHION = "fashion"

    @property
    def label(self) -> str:
        """The data set's name."""
        return {"imagenet": "ImageNet", "cifar10": "CIFAR-10", "fashion": "Fashion-MNIST"}[self]


# Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images", section 3.1; the order is that of its files.
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def class_names_of(known: KnownClasses) -> tuple[str, ...]:
    """The names, by index. ImageNet's 1,000 are torchvision's, and bring torchvision."""
    if known is KnownClasses.CIFAR10:
        return _CIFAR10
    return (embedded() if known is KnownClasses.FASHION else weight_set("resnet18-v1")).classes
