"""The programs of "Spot the bug" as they should be. Each runs as it stands and prints what it computes."""

_HEAD = "import torch\nfrom torch import nn\n\n"

FORWARD = (
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

NORMS = (
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

KEYWORD = (
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

IN_PLACE = (
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

STRIDE = (
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

EVAL = (
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
