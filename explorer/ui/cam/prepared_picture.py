"""A picture as a network gets it, made by a job: the costliest one that may be sent takes half a second."""

import hashlib
from dataclasses import dataclass

from PIL import Image

from explorer.jobs.job import Attachment
from explorer.pictures.decode import read_picture
from explorer.pictures.preprocess import Inversion, Preprocess
from explorer.ui.cam.choices import INVERT
from explorer.ui.widgets.job_progress import Work
from explorer.ui.widgets.private_input import LANE
from explorer.weights.catalogue import WeightSet

_ORIGINAL = 448  # pixels of the longer side, shown beside what the network gets
_SOON = 0.1  # seconds: most pictures are read by then, and the page is whole at once
_READ = Work("cam_picture", "Reading the picture", automatic=True, patience=_SOON)
_READ_AGAIN = Work("cam_picture_again", "Reading the picture", automatic=True, patience=_SOON)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPicture:
    """``crop`` is the picture as a network gets it, ``digest`` its fingerprint; ``inverted``: bright and dark were
    exchanged. ``original`` is the whole picture, made smaller, None where the network gets just that."""

    crop: Image.Image
    original: Image.Image | None
    digest: str
    inverted: bool


def prepared_for(network: WeightSet, file: Attachment, *, again: bool = False) -> PreparedPicture | None:
    """The picture in a file as the network gets it; None while it is read, or where it is none, which the page says.

    ``again`` is for a second network on the same page.
    """
    given = network.preprocess, Inversion(INVERT.value)
    work = _READ_AGAIN if again else _READ
    found: PreparedPicture | None = work.run((file.name, *given), prepare, file, *given, lane=LANE)
    return found


def prepare(file: Attachment, preprocess: Preprocess, inversion: Inversion) -> PreparedPicture:
    """Read, crop and scale a picture.

    Raises:
        PictureError: the file holds none; see ``read_picture``.
    """
    upright = read_picture(file.data)
    crop = preprocess.cropped(upright, inversion)
    original = upright.convert("RGB")
    same = original.size == crop.size and original.tobytes() == crop.tobytes()
    original.thumbnail((_ORIGINAL, _ORIGINAL))
    return PreparedPicture(
        crop, None if same else original, digest_of(crop.tobytes()), preprocess.inverts(upright, inversion)
    )


def digest_of(data: bytes) -> str:
    """A fingerprint of a picture or a map: the SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()
