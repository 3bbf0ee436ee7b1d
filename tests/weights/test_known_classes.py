"""Known names of classes."""

from torchvision.models import ResNet50_Weights

from explorer.training.data import CLASSES
from explorer.weights.known_classes import KnownClasses, class_names_of


def test_they_are_those_of_the_data() -> None:
    assert class_names_of(KnownClasses.IMAGENET) == tuple(ResNet50_Weights.DEFAULT.meta["categories"])
    assert class_names_of(KnownClasses.FASHION) == CLASSES
    assert [len(set(class_names_of(each))) for each in KnownClasses] == [1000, 10, 10]
    assert class_names_of(KnownClasses.CIFAR10)[3:6] == ("cat", "deer", "dog")
