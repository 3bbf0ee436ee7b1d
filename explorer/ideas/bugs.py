"""Spot the bug: mistakes from students' residual networks, each as a program and its mend.

The wrong lines are found by comparing the two programs. ``measure.bugs`` runs the program, so that what the page shows
is what it does. The ``check`` of a bug fails after the wrong program and passes after the mended one.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from explorer.ideas import bug_programs
from explorer.text.errors import Refusal


@dataclass(frozen=True, slots=True)
class Bug:
    """One mistake.

    ``question`` is asked, ``hint`` helps, ``mended`` is the program as it should be. ``slips`` are pairs of right and
    wrong text. ``check`` is a program that catches the mistake; ``lesson`` says what to keep in mind.
    """

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
        """The numbers, from 1, of the wrong lines; where a line is missing, of the two lines around the gap."""
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


def bug_by_key(key: str) -> Bug:
    """Returns the bug with this key.

    Raises:
        Refusal: there is none; the message lists the keys.
    """
    for each in BUGS:
        if each.key == key:
            return each
    raise Refusal(f"There is no bug {key[:40]!r}: choose one of {', '.join(each.key for each in BUGS)}.")


def answer_to_line(found: Bug, line: int) -> str:
    """Returns the answer to a reader who points at a line, numbered from 1.

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


BUGS: tuple[Bug, ...] = (
    Bug(
        "forward",
        "The network that cannot be called",
        "The block is built, and fails as soon as it is given a picture. Why?",
        "What does PyTorch call when you call a module?",
        bug_programs.FORWARD,
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
        bug_programs.NORMS,
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
        bug_programs.KEYWORD,
        (("kernel_size=3, stride=2", "kernel_size=3, strides=2"),),
        "assert down(torch.randn(2, 16, 8, 8)).shape == (2, 32, 4, 4)",
        "PyTorch calls it stride, Keras strides. What PyTorch does not know it refuses, and the error names it.",
    ),
    Bug(
        "in_place",
        "The hook that keeps the wrong map",
        "A hook keeps the norm's output. Why is it not the norm's output?",
        "What happens to a tensor after somebody has kept it?",
        bug_programs.IN_PLACE,
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
        bug_programs.STRIDE,
        (("nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)", "nn.Conv2d(inputs, outputs, 1, bias=False)"),),
        "assert down(torch.randn(2, 16, 8, 8)).shape == (2, 32, 4, 4)",
        "Where the branch takes a stride, its shortcut takes the same one: two shapes that are added must be equal.",
    ),
    Bug(
        "eval",
        "The picture that its neighbours change",
        "The same picture, twice: why are its logits different?",
        "Batch norm does one thing in training and another in evaluation. Which is it doing here?",
        bug_programs.EVAL,
        (("net.eval()\n", ""),),
        "assert error < 1e-5",
        "Without .eval() batch norm takes mean and variance from the batch, so a picture's logits depend on the "
        "others in it, and asking changes the network. Call .eval() before asking, .train() before training.",
    ),
)
