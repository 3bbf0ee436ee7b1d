"""The model card, written from what was measured, so that it cannot say anything else."""

from collections.abc import Iterator, Sequence

from explorer.network.arithmetic import analyze
from explorer.network.links import from_url
from explorer.text.quantities import counted
from explorer.training.recipe import WARM_UP
from shipped.pictures import EACH, Picture
from shipped.record import SIGNS, FamiliarityRecord, Record

WHOLE = 60_000  # pictures in the training set

_CARD = """\
# {title}

{macs} multiply-adds for a picture, {params} parameters, {layers} weighted layers: the CIFAR network of He et al. 2015
(section 4.2; shortcut option A) for {channels} channel and {side} × {side} pixels, trained by this project on
Fashion-MNIST. It is here so that the Grad-CAM page has a real, trained network where there is no internet.

**Test accuracy: {accuracy}**, {right} of {tested} pictures of the test set.

## Data

{source} (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747).
Grey pictures of clothes, shoes and bags from Zalando's catalogue, one piece in the middle, on black, {side} × {side}
pixels, in {classes} classes. The network was trained on {trained} pictures of the training set, and on none of the test
set.

## Training

    {command}

with PyTorch {torch}, on a CPU: stochastic gradient descent with Nesterov momentum {momentum} and weight decay {decay},
{batch} pictures a batch, {epochs}. The learning rate rises to {rate} within the first {warm_up} of the steps and
falls to 0 along a cosine. Pictures were shifted by up to {padding} pixels and mirrored at random. The weights are those
after the last epoch, not after the best one. The network reads (value / 255 − {mean}) / {std}.

One thread gives the same weights again, bit for bit, on the same processor with the same PyTorch. More threads add in
another order: the weights differ, and with them the last digits of the accuracy.

## Accuracy by class

| class | right | of | accuracy | most often taken for |
| --- | ---: | ---: | ---: | --- |
{by_class}

## The pictures beside it

The first {each} of each class in the test set, in the order of the file, whatever the network makes of them: {pictures}
in all. {verdict} `fashion/index.json` has the network's probabilities for each.

## What it is not good for

- Anything but such pictures. A photograph, a drawing or noise is called one of the {classes} classes, too: there is
  no "none of these".{warned}
- Pictures with a light ground: all that it has seen lies on black.
- {worst}
- Judging clothes, people or goods. It shows how a residual network works and where it looks.

## Licence

{licence}, the weights as well as the data. The pictures are © 2017 Zalando SE: see `LICENSE-fashion-mnist`.
"""


_FAMILIARITY = """## Pictures unlike these

The app warns of pictures unlike those that the network learned from. It looks at the 64 features that the last layer
reads and at the logits: the logarithm of Mahalanobis' distance to the nearest class (Lee et al. 2018,
arXiv:1807.03888), and the energy −log Σ exp(logits) (Liu et al. 2020, arXiv:2010.03759), each in standard deviations
above its mean over test pictures; the larger counts. The threshold passes {kept} of {decided} test pictures, the even
ones. Of the {checked} others, {alarms} are called strange: false alarms.

| strangers | pictures | {signs} | taken for familiar |
| --- | ---: | {rules} | ---: |
{rows}

The columns between are areas under the ROC curve against all test pictures (1 tells all apart, 0.5 none). Neither sign
is enough alone: the energy passes photographs, the distance digits. Made by `python -m shipped.familiarity`.

"""
_LICENCE = "## Licence\n"


def card(record: Record, pictures: Sequence[Picture], familiarity: FamiliarityRecord | None = None) -> str:
    """Markdown, with every number from the records, the recipe and the arithmetic."""
    text = _of_training(record, pictures, warned=familiarity is not None)
    if familiarity is None:
        return text
    before, after = text.split(_LICENCE)
    return before + _of_familiarity(familiarity) + _LICENCE + after


def _of_familiarity(found: FamiliarityRecord) -> str:
    rows = (
        f"| {each.name} | {each.count:,} | {' | '.join(f'{area:.3f}' for area in each.areas)} | {each.missed:.1%} |"
        for each in found.strangers
    )
    return _FAMILIARITY.format(
        kept=f"{found.kept:.0%}",
        decided=f"{found.decided:,}",
        checked=f"{found.checked:,}",
        alarms=f"{found.false_alarms:.1%}",
        signs=" | ".join(SIGNS),
        rules=" | ".join(["---:"] * len(SIGNS)),
        rows="\n".join(rows),
    )


def _of_training(record: Record, pictures: Sequence[Picture], *, warned: bool) -> str:
    config, recipe = from_url(record.config), record.recipe
    arch = analyze(config)
    right = sum(row[label] for label, row in enumerate(record.confusion))
    return _CARD.format(
        title=f"ResNet-{config.depth} for Fashion-MNIST",
        macs=f"{arch.macs:,}",
        params=f"{arch.params:,}",
        layers=arch.depth,
        channels=config.in_channels,
        side=config.image_size,
        accuracy=f"{record.test_accuracy:.2%}",
        right=f"{right:,}",
        tested=f"{record.test_images:,}",
        source=record.source,
        classes=len(record.classes),
        trained=f"{record.train_images:,}",
        command=_command(record),
        epochs=counted(record.epochs, "epoch"),
        torch=record.torch,
        momentum=recipe.momentum,
        decay=recipe.weight_decay,
        batch=recipe.batch_size,
        rate=recipe.learning_rate,
        warm_up=f"{WARM_UP:.0%}",
        padding=recipe.padding,
        mean=record.mean[0],
        std=record.std[0],
        by_class="\n".join(_rows(record)),
        each=EACH,
        pictures=len(pictures),
        verdict=_verdict(pictures, record.classes),
        worst=_worst(record),
        warned=" The app warns of such pictures: see below." if warned else "",
        licence=record.licence,
    )


def _command(record: Record) -> str:
    limit = f" --limit {record.train_images}" if record.train_images < WHOLE else ""
    return f"python -m shipped.fashion --epochs {record.epochs} --seed {record.seed} --threads {record.threads}{limit}"


def _rows(record: Record) -> Iterator[str]:
    for label, name in enumerate(record.classes):
        row = record.confusion[label]
        share = f"{row[label] / sum(row):.1%}" if sum(row) else "none tested"
        yield f"| {name} | {row[label]:,} | {sum(row):,} | {share} | {_most_often(record, label)} |"


def _most_often(record: Record, label: int) -> str:
    """The class that this one is most often taken for, and how often."""
    wrong = [0 if other == label else count for other, count in enumerate(record.confusion[label])]
    return f"{record.classes[wrong.index(max(wrong))]} ({max(wrong):,})" if any(wrong) else "never wrong"


def _verdict(pictures: Sequence[Picture], classes: Sequence[str]) -> str:
    """Which of the shipped pictures the network gets wrong."""
    wrong = [picture for picture in pictures if picture.predicted != picture.label]
    if not wrong:
        return "It gets all of them right."
    named = "; ".join(f"`{picture.key}` is taken for {classes[picture.predicted]}" for picture in wrong)
    return f"It gets {len(pictures) - len(wrong)} of them right: {named}."


def _worst(record: Record) -> str:
    """The class it is worst at, in a sentence."""
    shares = {label: row[label] / sum(row) for label, row in enumerate(record.confusion) if sum(row)}
    label = min(shares, key=lambda each: shares[each])
    return (
        f"Telling the class {record.classes[label]} from the others: it gets {shares[label]:.1%} right. Most often it "
        f"is taken for {_most_often(record, label)}."
    )
