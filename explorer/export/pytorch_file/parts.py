"""The code of the small modules that PyTorch does not have, for a network that uses them."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines
from explorer.network.block_plans import NORM_GROUPS

_GROUP_NORM = f'''
def group_norm(channels: int) -> nn.GroupNorm:
    """{NORM_GROUPS} groups, or as many of them as divide the channels."""
    return nn.GroupNorm(math.gcd({NORM_GROUPS}, channels), channels)
'''
_BLUR_POOL = '''
class BlurPool(nn.Module):
    """Two averages over 2x2 windows blur; the second one keeps every second position.

    (N, C, H, W) -> (N, C, H/2, W/2), rounded up. At the border the map is mirrored.
    """

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return functional.avg_pool2d(functional.avg_pool2d(x, 2, stride=1), 2)
'''
_SQUEEZE_EXCITE = '''
class SqueezeExcite(nn.Module):
    """Times a gate in (0, 1) for each channel, computed from the means of all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = max(8, (channels + 64) // 128 * 8)  # a sixteenth, in eights
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.act = nn.ReLU()
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.gate = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        gate = self.act(self.fc1(self.avgpool(x)))  # (N, C / 16, 1, 1)
        return x * self.gate(self.fc2(gate))
'''
_SCALE = '''
class Scale(nn.Module):
    """Times one learned number, which starts at 0."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain
'''
_DROP_PATH = '''
class DropPath(nn.Module):
    """Drops the whole branch of an image with probability ``p``, while training."""

    def __init__(self) -> None:
        super().__init__()
        self.p = 0.0  # the network gives each block its own

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = x.new_empty(len(x), 1, 1, 1).bernoulli_(1 - self.p)
        return x * (kept / (1 - self.p))
'''


def parts(facts: Facts) -> list[Lines]:
    """The code of each that the network uses."""
    used = {
        _GROUP_NORM: facts.grouped_norm,
        _BLUR_POOL: facts.blurs or facts.stem_blurs,
        _SQUEEZE_EXCITE: facts.squeezes,
        _SCALE: facts.scaled,
        _DROP_PATH: facts.drops_branches,
    }
    return [code.strip().splitlines() for code, needed in used.items() if needed]
