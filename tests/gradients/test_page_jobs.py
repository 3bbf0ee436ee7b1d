"""The page's questions: answered by the measurements themselves, network by network and seed by seed."""

import io
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import preset
from explorer.gradients.first_steps import measure_first_steps
from explorer.gradients.measure import gradient_flow
from explorer.gradients.page_jobs import Question, study, study_steps
from explorer.gradients.paired_networks import Contrast, pair
from explorer.gradients.values import InputSource
from explorer.jobs.job import Attachment, JobCancelled, request_key
from explorer.live.devices import DeviceError
from explorer.pictures.crops import crops
from explorer.pictures.decode import read_picture

SMALL = replace(preset("resnet20"), stage_blocks=(1, 1, 1), image_size=8)
PAIR = pair(SMALL, Contrast.SKIPS)
QUESTION = Question(PAIR, (4, 2), batch_size=3)


def picture() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_every_network_and_seed_is_gradient_flows() -> None:
    bands = study(QUESTION)
    assert [band.config for band in bands] == list(PAIR)
    for band in bands:
        assert band.seeds == (4, 2)
        assert band.flows == tuple(gradient_flow(band.config, seed=seed, batch_size=3) for seed in (4, 2))


def test_digits_and_pictures_are_the_input() -> None:
    question = replace(QUESTION, source=InputSource.DIGITS, seeds=(0,))
    assert study(question)[0].flows[0] == gradient_flow(PAIR[0], batch_size=3, source="digits")
    data = picture()
    (flow,) = study(replace(question, source=InputSource.IMAGES), picture=Attachment("p", data))[0].flows
    images = torch.from_numpy(crops(read_picture(data), 3, 8, 3, 0))
    assert flow.source is InputSource.IMAGES
    assert flow == gradient_flow(PAIR[0], images=images)


def test_crops_that_would_fill_the_memory_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """256 channels of 2048 × 2048 pixels, 4,096 times: 17 TB, asked for in a link."""
    monkeypatch.setattr("explorer.gradients.page_jobs.crops", lambda *_: pytest.fail("crops were made"))
    huge = replace(SMALL, image_size=2048, in_channels=256)
    question = Question((huge,), (0,), batch_size=4096, source=InputSource.IMAGES)
    with pytest.raises(DeviceError, match="would need about"):
        study(question, picture=Attachment("p", picture()))
    with pytest.raises(DeviceError, match="would need about"):
        study_steps(question, steps=1, learning_rate=0.1, picture=Attachment("p", picture()))


def test_first_steps_are_first_steps() -> None:
    runs = study_steps(QUESTION, steps=2, learning_rate=0.1)
    expected = [measure_first_steps(config, steps=2, learning_rate=0.1, seed=4, batch_size=3) for config in PAIR]
    assert list(runs) == expected


def test_a_question_is_plain_data_and_knows_another_picture() -> None:
    assert pickle.loads(pickle.dumps(QUESTION)) == QUESTION
    sent = (Attachment("a", b"1"), Attachment("b", b"1"))
    one, other = (request_key(study, (QUESTION, "cpu"), {"picture": picture}) for picture in sent)
    assert one != other
    assert one == request_key(study, (replace(QUESTION), "cpu"), {"picture": sent[0]})


def test_progress_never_goes_back_and_can_stop() -> None:
    told: list[float] = []
    study(QUESTION, progress=lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1

    def enough(fraction: float, message: str) -> None:
        if fraction > 0.4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        study(QUESTION, progress=enough)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"configs": ()}, "configs is empty"),
        ({"batch_size": 0}, "A batch of 0 images is out of range: take 1 to 4,096"),
        ({"batch_size": 10**6}, "A batch of 1,000,000 images is out of range"),
        ({"seeds": ()}, "0 seeds"),
        ({"seeds": (1, 1)}, "hold one twice"),
        ({"source": InputSource.IMAGES}, "There is no picture yet"),
    ],
)
def test_bad_questions_are_answered_in_words(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        study(replace(QUESTION, **change))


def test_a_picture_that_is_none_is_said() -> None:
    with pytest.raises(ValueError):
        study(replace(QUESTION, source=InputSource.IMAGES), picture=Attachment("p", b"<svg/>"))


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(DeviceError, match=r"would need about .* for 4,096 images"):
        study(replace(QUESTION, configs=(preset("resnet152"),), batch_size=4096))


def test_a_learning_rate_out_of_all_bounds_gives_a_sentence() -> None:
    (run, _) = study_steps(QUESTION, steps=3, learning_rate=1e30)
    assert "training diverged" in run.stopped
    assert not math.isfinite(run.losses[-1])
