"""Spot the bug: mistakes that students' residual networks really have, each as a listing with its mend.

A listing is a program of ours that runs as it stands (``explorer.ideas.measure.bugs`` runs it): what it does is shown
as it is. The line that is wrong is found by comparing it with its mend. ``check`` is what would have caught it: it
fails after the listing and passes after the mend.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from explorer.text.errors import Refusal

_HEAD = "import torch\nfrom torch import nn\n\n"


@dataclass(frozen=True, slots=True)
class Bug:
    """One mistake: the ``question`` to ask, a ``hint``, the program as it should be (``mended``), what was written in
    place of what (``slips``), the ``check`` that catches it, and what to keep in mind (``lesson``)."""

    key: str
    title: str
    question: str
    hint: str
    mended: str
    slips: tuple[tuple[str, str], ...]
    check: str
    lesson: str

    @property
    def wrong(self) -> str:
        """The program with the mistake."""
        text = self.mended
        for right, slip in self.slips:
            text = text.replace(right, slip)
        return text

    @property
    def lines(self) -> tuple[str, ...]:
        """The program with the mistake, line by line."""
        return tuple(self.wrong.splitlines())

    @property
    def places(self) -> tuple[int, ...]:
        """The numbers, from 1, of the lines that are wrong; where one is missing, of those around the gap."""
        matcher = SequenceMatcher(None, self.lines, self.mended.splitlines(), autojunk=False)
        places: list[int] = []
        for kind, start, end, *_ in matcher.get_opcodes():
            if kind != "equal":
                places += range(start + 1, end + 1) if end > start else (start, start + 1)
        return tuple(places)

    @property
    def missing(self) -> bool:
        """Whether the mistake is a line that is not there."""
        return len(self.lines) < len(self.mended.splitlines())


def bug(key: str) -> Bug:
    """The mistake of that key.

    Raises:
        Refusal: there is none; the message names those that there are.
    """
    for each in BUGS:
        if each.key == key:
            return each
    raise Refusal(f"There is no bug {key[:40]!r}: choose one of {', '.join(each.key for each in BUGS)}.")


def answer(found: Bug, line: int) -> str:
    """What is said to somebody who points at a line, numbered from 1.

    Raises:
        Refusal: there is no such line.
    """
    if not 1 <= line <= len(found.lines):
        raise Refusal(f"There is no line {line}: choose one from 1 to {len(found.lines)}.")
    text = found.lines[line - 1].strip()
    said = f"“{text}”" if text else "which is empty"
    if line not in found.places:
        return f"Line {line}, {said}, is as it should be. {found.hint}"
    if found.missing:
        return f"Right, at line {line}: a line is missing there. {found.lesson}"
    return f"Right: line {line}, {said}. {found.lesson}"


_FORWARD = (
    _HEAD
    + """class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.bn(self.conv(x)))


block = Block(16)
print(tuple(block(torch.randn(2, 16, 8, 8)).shape))
"""
)

_NORMS = (
    _HEAD
    + """class Bottleneck(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(4 * width, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = torch.relu(self.bn2(self.conv2(out)))
        return torch.relu(x + self.bn3(self.conv3(out)))


block = Bottleneck(16)
print(tuple(block(torch.randn(2, 64, 8, 8)).shape))
"""
)

_KEYWORD = (
    _HEAD
    + """class Down(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=3, stride=2, padding=1)
        self.project = nn.Conv2d(inputs, outputs, kernel_size=1, stride=2)

    def forward(self, x):
        return torch.relu(self.project(x) + self.conv(x))


down = Down(16, 32)
print(tuple(down(torch.randn(2, 16, 8, 8)).shape))
"""
)

_IN_PLACE = (
    _HEAD
    + """class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()

    def forward(self, x):
        out = self.bn(self.conv(x))
        out = out + x
        return self.relu(out)


torch.manual_seed(0)
block, kept = Block(16).eval(), []
block.bn.register_forward_hook(lambda module, inputs, output: kept.append(output))
x = torch.randn(2, 16, 8, 8)
with torch.no_grad():
    block(x)
    block.bn(block.conv(x))  # the norm's output once more, and nothing after it
error = float((kept[0] - kept[1]).abs().max())
print(f"what the hook kept differs from the norm's output by up to {error:.3f}")
"""
)

_STRIDE = (
    _HEAD
    + """class Down(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.downsample = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x):
        return torch.relu(self.downsample(x) + self.conv2(torch.relu(self.conv1(x))))


down = Down(16, 32, stride=2)
print(tuple(down(torch.randn(2, 16, 8, 8)).shape))
"""
)

_EVAL = (
    _HEAD
    + """torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)
)
for _ in range(20):  # as training leaves it: the norm knows the data's mean and variance
    net(torch.randn(64, 3, 16, 16))
net.eval()
mine = torch.randn(1, 3, 16, 16)
with torch.no_grad():
    dark = net(torch.cat([mine, torch.zeros(7, 3, 16, 16)]))[0]
    bright = net(torch.cat([mine, torch.full((7, 3, 16, 16), 3.0)]))[0]
error = float((dark - bright).abs().max())
print(f"one picture in two batches: its logits differ by up to {error:.3f}")
"""
)

BUGS: tuple[Bug, ...] = (
    Bug(
        "forward",
        "The network that cannot be called",
        "The block is built, and fails as soon as it is given a picture. Why?",
        "What does PyTorch call when you call a module?",
        _FORWARD,
        (("def forward", "def forwrad"),),
        "assert block(torch.randn(2, 16, 8, 8)).shape == (2, 16, 8, 8)",
        "A module is called through its forward, by exactly this name; building it never shows the slip. Run every "
        "block once on a small tensor.",
    ),
    Bug(
        "norms",
        "The norm that never was",
        "Three convolutions, three norms: which one is missing?",
        "Read the names on the left of the equals signs.",
        _NORMS,
        (("self.bn3 = nn", "self.bn2 = nn"),),
        "norms = [part for part in block.modules() if isinstance(part, nn.BatchNorm2d)]\nassert len(norms) == 3",
        "The second assignment replaces the first, so bn2 has 4 × width features and bn3 does not exist. PyTorch "
        "stumbles over bn2's features before it misses bn3. Count the layers, or read print(model).",
    ),
    Bug(
        "keyword",
        "The argument that nobody knows",
        "The block cannot even be built. Which word is wrong?",
        "Compare the two convolutions with nn.Conv2d's signature.",
        _KEYWORD,
        (("kernel_size=3, stride=2", "kernel_size=3, strides=2"),),
        "assert down(torch.randn(2, 16, 8, 8)).shape == (2, 32, 4, 4)",
        "PyTorch calls it stride, Keras strides. What PyTorch does not know it refuses, and the error names it.",
    ),
    Bug(
        "in_place",
        "The hook that keeps the wrong map",
        "A hook keeps the norm's output. Why is it not the norm's output?",
        "What happens to a tensor after somebody has kept it?",
        _IN_PLACE,
        (("nn.ReLU()", "nn.ReLU(inplace=True)"), ("out = out + x", "out += x")),
        "assert error == 0",
        "out += x and an in-place ReLU write into the very tensor that the hook kept. Grad-CAM, feature extraction and "
        "autograd stumble over it: out = out + x, and nn.ReLU().",
    ),
    Bug(
        "stride",
        "The shortcut that is too large",
        "The branch and the shortcut cannot be added. Which of them is wrong?",
        "Work out both shapes: ⌊(8 + 2·padding − kernel) / stride⌋ + 1.",
        _STRIDE,
        (("nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)", "nn.Conv2d(inputs, outputs, 1, bias=False)"),),
        "assert down(torch.randn(2, 16, 8, 8)).shape == (2, 32, 4, 4)",
        "Where the branch takes a stride, its shortcut takes the same one: two shapes that are added must be equal.",
    ),
    Bug(
        "eval",
        "The picture that its neighbours change",
        "The same picture, twice: why are its logits different?",
        "Batch norm does one thing in training and another in evaluation. Which is it doing here?",
        _EVAL,
        (("net.eval()\n", ""),),
        "assert error < 1e-5",
        "Without .eval() batch norm takes mean and variance from the batch, so a picture's logits depend on the "
        "others in it, and asking changes the network. Call .eval() before asking, .train() before training.",
    ),
)
