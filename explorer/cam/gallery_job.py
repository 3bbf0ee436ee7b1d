"""Several pictures through one network, one at a time: a function for the queue; see ``page_jobs``."""

import torch
from PIL import Image

from explorer.cam.gallery import Gallery, Seen
from explorer.cam.input_checks import checked_images, finite
from explorer.cam.maps import cam, layers_of
from explorer.cam.page_jobs import Asked, network_of, strangeness_of
from explorer.jobs.job import Attachment
from explorer.live.progress import Progress, no_progress
from explorer.live.shared_network import features_of
from explorer.network.model import ResNet
from explorer.pictures.archive import Entry, PictureArchive
from explorer.pictures.decode import read_picture
from explorer.pictures.preprocess import Inversion, Preprocess
from explorer.text.errors import Refusal

SMALL = 200  # pixels a side that are kept of a picture


def look_at_several(
    asked: Asked,
    *,
    archive: Attachment,
    preprocess: Preprocess,
    inversion: Inversion,
    weights: Attachment | None = None,
    progress: Progress | None = None,
) -> Gallery:
    """What the network makes of each picture of a zip (``PictureArchive``). One picture is held at a time.

    Raises:
        Refusal: no zip of pictures, none that can be read, or as ``page_jobs.first_look``.
    """
    tell = progress or no_progress
    net, pictures = network_of(asked, weights, tell), PictureArchive(archive.data)
    seen: list[Seen] = []
    refused: list[tuple[str, str]] = []
    for done, entry in enumerate(pictures.entries):
        tell(done / len(pictures.entries), f"{entry.name}")
        try:
            seen.append(_seen(net, asked, entry, _cropped(pictures, entry, preprocess, inversion), preprocess))
        except Refusal as refusal:
            refused.append((entry.name, str(refusal)))
    if not seen:
        name, why = refused[0]
        raise Refusal(f"None of these pictures can be looked at. {name}: {why}")
    return Gallery(tuple(seen), tuple(refused), pictures.left_out)


def _cropped(pictures: PictureArchive, entry: Entry, preprocess: Preprocess, inversion: Inversion) -> Image.Image:
    if entry.refusal:
        raise Refusal(entry.refusal)
    return preprocess.cropped(read_picture(pictures.read(entry)), inversion)


def _seen(net: ResNet, asked: Asked, entry: Entry, crop: Image.Image, preprocess: Preprocess) -> Seen:
    image = checked_images(net, torch.from_numpy(preprocess.numbers(crop)))
    with features_of(net) as features:
        found = cam(net, image, None, layers_of(net)[-1])
    finite(torch.from_numpy(found.logits))
    strange = strangeness_of(asked, features[0], found.logits)
    small = crop if max(crop.size) <= SMALL else crop.resize((SMALL, SMALL), Image.Resampling.BILINEAR)
    return Seen(
        entry.number,
        entry.name,
        found.logits[0],
        found.maps[0],
        small.tobytes(),
        small.width,
        strange.is_strange if strange else None,
    )
