"""Published accuracies of published networks, each with its source.

Checked against the papers' tables (He et al. 2015, arXiv:1512.03385; He et al. 2016, arXiv:1603.05027), the authors'
repositories, torchvision's weights metadata and the projects' own pages. ``value`` is what the author printed, an error
or an accuracy; ``accuracy`` is the same result in one measure. Different tests (one crop, ten crops) cannot be
compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from explorer.network.config import ResNetConfig
from explorer.network.names import spoken
from explorer.network.presets import preset_of


@dataclass(frozen=True, slots=True)
class Published:
    """One published number: ``what`` was measured, its ``value`` as printed, a ``note`` on how, and where it stands."""

    what: str
    value: str
    note: str
    source: str
    url: str

    @property
    def measure(self) -> str:
        """What ``accuracy`` is of: "ImageNet top-1 accuracy" or "CIFAR-10 accuracy", whichever way it was printed."""
        return f"{self.what.removesuffix(_ERROR).removesuffix(_ACCURACY)}{_ACCURACY}"

    @property
    def accuracy(self) -> str:
        """The result as an accuracy: 100 % minus a printed error, with as many digits."""
        if not self._is_error:
            return self.value
        return f"{100 - Decimal(self.value.removesuffix(' %'))} %"

    @property
    def remark(self) -> str:
        """The note, and that the source prints an error where it does."""
        return f"{self.note}; the source prints the error, 100 % minus this" if self._is_error else self.note

    @property
    def _is_error(self) -> bool:
        return self.what.endswith(_ERROR)


_ERROR, _ACCURACY = " error", " accuracy"
_TOP1, _TOP1_ERROR = "ImageNet top-1", "ImageNet top-1 error"
_CIFAR_ERROR, _CIFAR_ACCURACY = "CIFAR-10 error", "CIFAR-10 accuracy"
_HE_2015, _HE_2016 = "https://arxiv.org/abs/1512.03385", "https://arxiv.org/abs/1603.05027"


def _torchvision(weights: str, version: int, accuracy: str, *, newer: bool | None = None) -> Published:
    """One of torchvision's. ``newer``: made by its newer recipe, which version 2 means for all networks but one."""
    newer = version == 2 if newer is None else newer
    resized = 232 if newer else 256
    return Published(
        what=_TOP1,
        value=f"{accuracy} %",
        note=f"one 224 px centre crop of a {resized} px image; torchvision's weights IMAGENET1K_V{version}"
        + (", its newer training recipe" if newer else ""),
        source=f"torchvision, {weights}_Weights.IMAGENET1K_V{version}",
        url=f"https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.{weights.lower()}.html",
    )


def _ten_crops(error: str, table: int, note: str = "") -> Published:
    source = f"He et al. 2015, Table {table}"
    return Published(_TOP1_ERROR, f"{error} %", f"10-crop testing, validation set{note}", source, _HE_2015)


def _one_crop(error: str) -> Published:
    """The authors' released v1 models."""
    return Published(
        what=_TOP1_ERROR,
        value=f"{error} %",
        note="one 224 px centre crop, validation set; the authors' released model",
        source="KaimingHe/deep-residual-networks, README",
        url="https://github.com/KaimingHe/deep-residual-networks",
    )


def _cifar(error: str, note: str = "a single view") -> Published:
    return Published(_CIFAR_ERROR, f"{error} %", f"test set; {note}", "He et al. 2015, Table 6", _HE_2015)


def _preactivation(error: str, table: str = "3", note: str = "median of 5 runs, mini-batch 128") -> Published:
    return Published(_CIFAR_ERROR, f"{error} %", f"test set; {note}", f"He et al. 2016, Table {table}", _HE_2016)


def _kuangliu(accuracy: str) -> Published:
    url = "https://github.com/kuangliu/pytorch-cifar"
    return Published(
        _CIFAR_ACCURACY, f"{accuracy} %", "test set, as its README lists it", "kuangliu/pytorch-cifar, README", url
    )


_OPTION_B = "; shortcut option B"
_KERAS = Published(
    what=_TOP1,
    value="74.9 %",
    note="validation set; the weights that Keras loads",
    source="Keras Applications, table of models",
    url="https://keras.io/api/applications",
)
_STRIKES_BACK = Published(
    what=_TOP1,
    value="80.4 %",
    note="224 px, validation set; the same network under another training procedure (“ResNet strikes back”). ResNet-RS "
    "(Bello et al. 2021, arXiv:2103.07579) makes the same point: training may matter more than the architecture",
    source="Wightman et al. 2021, abstract",
    url="https://arxiv.org/abs/2110.00476",
)
_WIDE = Published(
    what=_CIFAR_ERROR,
    value="4.00 %",
    note="test set; median of 5 runs, pictures normalised by mean and deviation, without dropout",
    source="szagoruyko/wide-residual-networks, README",
    url="https://github.com/szagoruyko/wide-residual-networks",
)
_RESNET_D = Published(
    what=_TOP1,
    value="77.16 %",
    note="validation set; its model tweaks without the paper's training refinements",
    source="He et al. 2018, Table 5",
    url="https://arxiv.org/abs/1812.01187",
)

PUBLISHED: Mapping[str, tuple[Published, ...]] = {
    "resnet18": (_torchvision("ResNet18", 1, "69.758"),),
    "resnet34": (_torchvision("ResNet34", 1, "73.314"), _ten_crops("24.52", 3, _OPTION_B)),
    "resnet50": (_torchvision("ResNet50", 1, "76.13"), _torchvision("ResNet50", 2, "80.858"), _STRIKES_BACK),
    "resnet101": (_torchvision("ResNet101", 1, "77.374"), _torchvision("ResNet101", 2, "81.886")),
    "resnet152": (_torchvision("ResNet152", 1, "78.312"), _torchvision("ResNet152", 2, "82.284")),
    "resnet50_v1": (_ten_crops("22.85", 3, _OPTION_B), _one_crop("24.7")),
    "resnet101_v1": (_ten_crops("21.75", 3, _OPTION_B), _one_crop("23.6")),
    "resnet152_v1": (_ten_crops("21.43", 3, _OPTION_B), _one_crop("23.0")),
    "plain18": (_ten_crops("27.94", 2),),
    "plain34": (_ten_crops("28.54", 2),),
    "keras_resnet50": (_KERAS,),
    "resnet50d": (_RESNET_D,),
    "resnext50_32x4d": (_torchvision("ResNeXt50_32X4D", 1, "77.618"), _torchvision("ResNeXt50_32X4D", 2, "81.198")),
    "resnext101_32x8d": (_torchvision("ResNeXt101_32X8D", 1, "79.312"), _torchvision("ResNeXt101_32X8D", 2, "82.834")),
    "resnext101_64x4d": (_torchvision("ResNeXt101_64X4D", 1, "83.246", newer=True),),
    "wide_resnet50_2": (_torchvision("Wide_ResNet50_2", 1, "78.468"), _torchvision("Wide_ResNet50_2", 2, "81.602")),
    "wide_resnet101_2": (_torchvision("Wide_ResNet101_2", 1, "78.848"), _torchvision("Wide_ResNet101_2", 2, "82.51")),
    "resnet20": (_cifar("8.75"),),
    "resnet32": (_cifar("7.51"),),
    "resnet44": (_cifar("7.17"),),
    "resnet56": (_cifar("6.97"),),
    "resnet110": (_cifar("6.43", "a single view; best of 5 runs, which average 6.61 ± 0.16 %"),),
    "resnet1202": (_cifar("7.93"),),
    "preact_resnet110": (_preactivation("6.37"),),
    "preact_resnet164": (_preactivation("5.46"),),
    "preact_resnet1001": (
        _preactivation("4.92", "4", "median of 5 runs, which average 4.89 ± 0.14 %, mini-batch 128"),
        _preactivation("4.62", "4", "median of 5 runs, which average 4.69 ± 0.20 %, mini-batch 64"),
    ),
    "kuangliu_resnet18": (_kuangliu("93.02"),),
    "kuangliu_resnet50": (_kuangliu("93.62"),),
    "kuangliu_resnet101": (_kuangliu("93.75"),),
    "wrn28_10": (_WIDE,),
}


def published(config: ResNetConfig) -> tuple[Published, ...]:
    """What was published about this network, or () where nothing is known; fields that change nothing do not count."""
    info = preset_of(config)
    return PUBLISHED.get(info.name, ()) if info else ()


@dataclass(frozen=True, slots=True)
class PublishedGains:
    """Accuracies in percentage points: ``between`` two networks published in the same way, and what other training or
    testing of the second network alone gained (``within``), 0 where nothing better is known."""

    between: Decimal
    within: Decimal
    sentence: str


def published_gains(first: ResNetConfig, second: ResNetConfig) -> PublishedGains | None:
    """Returns what the second network gained over the first, or None where no two of their results compare."""
    pairs = ((one, other) for one in published(first) for other in published(second))
    pair = next((pair for pair in pairs if _way(pair[0]) == _way(pair[1])), None)
    if pair is None or published(first) == published(second):
        return None
    one, other = pair
    best = max((each for each in published(second) if each.measure == other.measure), key=_points)
    between, within = _points(other) - _points(one), _points(best) - _points(other)
    more = "more" if between >= 0 else "fewer"
    said = (
        f"Published in the same way ({one.note}), {spoken(first)} has {one.accuracy} {one.measure} and "
        f"{spoken(second)} {other.accuracy}, {abs(between)} points {more}."
    )
    if within > 0:
        said += (
            f" Other training or testing brings {spoken(second)} alone to {best.accuracy}, {within} points above that."
        )
    return PublishedGains(between, within, said)


def _way(result: Published) -> tuple[str, str]:
    return result.measure, result.remark


def _points(result: Published) -> Decimal:
    return Decimal(result.accuracy.removesuffix(" %"))
