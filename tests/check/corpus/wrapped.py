"""ResNets inside something else, and networks that are residual in another way, written after public code."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.check.corpus.families import BLOCKS, Whole, basic, bottleneck, imagenet, stages
from tests.check.corpus.parts import Flat, Path, Pooled, Residual, bn, conv, made, named, relu, seq


def trunk(depth: int = 18, cls: str = "ResNet", **settings: object) -> nn.Module:
    """Torchvision's layout without pool and classifier."""
    block = bottleneck(**settings) if depth >= 50 else basic(shortcut="downsample", empty=False, own_relu=True)  # type: ignore[arg-type]
    model = imagenet(block, depth, cls)
    del model.fc, model.avgpool
    type(model).steps = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")  # type: ignore[attr-defined]
    type(model).forward = Path.forward  # type: ignore[method-assign]
    return model


def lightning() -> nn.Module:
    """A LightningModule with the network, a loss and metrics."""
    parts = {"model": imagenet(basic(shortcut="downsample", empty=False, own_relu=True), 18, classes=10)}
    parts |= {"criterion": nn.CrossEntropyLoss(), "train_acc": made("MulticlassAccuracy", nn.Module, {})}
    return made("LitResNet", Path, parts, steps=("model",))


def fastai() -> nn.Module:
    """fastai's vision_learner: the trunk's children in a Sequential, and its own head."""
    body = trunk(34)
    head = seq(
        made("AdaptiveConcatPool2d", Concat, {"mp": nn.AdaptiveMaxPool2d(1), "ap": nn.AdaptiveAvgPool2d(1)}),
        made("Flatten", Flat, {}),
        nn.BatchNorm1d(1024), nn.Dropout(0.25), nn.Linear(1024, 512, bias=False), relu(),
        nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, 37, bias=False),
    )  # fmt: skip
    return seq(seq(*body.children()), head)


class Concat(nn.Module):
    """Maximum and mean beside each other."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1)


class Pyramid(nn.Module):
    """A feature pyramid after four stages, as detectors have one."""

    names = ("layer1", "layer2", "layer3", "layer4")

    def __init__(self, body: nn.Module, widths: tuple[int, ...], body_name: str = "body", neck: str = "fpn") -> None:
        super().__init__()
        setattr(self, body_name, body)
        inner = nn.ModuleList(seq(conv(width, 256, 1, bias=True)) for width in widths)
        outer = nn.ModuleList(seq(conv(256, 256, bias=True)) for _ in widths)
        setattr(self, neck, made("FeaturePyramidNetwork", nn.Module, {"inner_blocks": inner, "layer_blocks": outer}))
        self.body_name, self.neck = body_name, neck

    def forward(self, x: Tensor) -> Tensor:
        body, neck = self.get_submodule(self.body_name), self.get_submodule(self.neck)
        found = []
        for name, child in body.named_children():
            x = child(x)
            if name in self.names:
                found.append(x)
        maps = [block(each) for block, each in zip(neck.inner_blocks, found, strict=True)]  # type: ignore[arg-type]
        return neck.layer_blocks[-1](maps[-1])  # type: ignore[index,operator,no-any-return]


def detector() -> nn.Module:
    """A detector: trunk, pyramid, region proposals and a box head."""
    parts: dict[str, nn.Module] = {"backbone": Pyramid(trunk(50), (256, 512, 1024, 2048))}
    parts["rpn"] = made("RPNHead", Path, {"conv": seq(conv(256, 256, bias=True), relu())})
    parts["roi_heads"] = made(
        "TwoMLPHead", Path, {"pool": Pooled(), "fc6": nn.Linear(256, 1024), "cls_score": nn.Linear(1024, 91)}
    )
    return made("FasterRCNN", Path, parts)


def mmseg() -> nn.Module:
    """mmsegmentation: a dilated ResNetV1c as the backbone, and decode heads."""
    body = trunk(50, "ResNetV1c")
    heads = {"decode_head": seq(conv(2048, 512), bn(512), relu(), nn.Dropout2d(0.1), conv(512, 19, 1, bias=True))}
    return made("EncoderDecoder", Path, {"backbone": body, **heads})


class DecoderBlock(nn.Module):
    """segmentation_models_pytorch's decoder block, without what the encoder's maps add."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = seq(conv(inputs, outputs), bn(outputs), relu())
        self.attention1 = nn.Identity()
        self.conv2 = seq(conv(outputs, outputs), bn(outputs), relu())

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(self.conv1(functional.interpolate(x, scale_factor=2.0)))


def unet() -> nn.Module:
    """segmentation_models_pytorch's Unet with a ResNet-34 encoder."""
    widths = (512, 256, 128, 64, 32, 16)
    blocks = nn.ModuleList(DecoderBlock(*pair) for pair in pairwise(widths))
    decoder = made(
        "UnetDecoder", Path, {"center": nn.Identity(), "blocks": blocks}, steps=tuple(f"blocks.{k}" for k in range(5))
    )
    head = made("SegmentationHead", Path, {"0": conv(16, 1, bias=True), "1": nn.Identity(), "2": nn.Identity()})
    return made("Unet", Path, {"encoder": trunk(34, "ResNetEncoder"), "decoder": decoder, "segmentation_head": head})


def detr() -> nn.Module:
    """DETR: the backbone inside of two more containers, and a transformer after it."""
    body = made("Backbone", Path, {"body": trunk(50)})
    parts: dict[str, nn.Module] = {"backbone": seq(body), "input_proj": conv(2048, 256, 1, bias=True)}
    parts |= {"pool": Pooled(), "class_embed": nn.Linear(256, 92), "bbox_embed": nn.Linear(92, 4)}
    return made("DETR", Path, parts)


def simclr() -> nn.Module:
    """SimCLR with a ResNet-18 for CIFAR as ``encoder`` and a projection head."""
    net = imagenet(basic(shortcut="downsample", empty=False, own_relu=True), 18)
    net.conv1, net.maxpool, net.fc = conv(3, 64), nn.Identity(), nn.Identity()
    head = seq(nn.Linear(512, 512, bias=False), nn.BatchNorm1d(512), relu(), nn.Linear(512, 128))
    return made("SimCLR", Path, {"encoder": net, "projector": head})


def dino_head() -> nn.Module:
    """A ResNet-50 whose fc is a projection of three linear layers (BYOL, MoCo v2)."""
    head = seq(nn.Linear(2048, 2048), relu(), nn.Linear(2048, 128))
    return imagenet(bottleneck(), 50, fc=head)


def moco() -> nn.Module:
    """MoCo: two equal ResNets."""
    parts = {"encoder_q": imagenet(bottleneck(), 50, classes=128), "encoder_k": imagenet(bottleneck(), 50, classes=128)}
    return made("MoCo", Path, parts, steps=("encoder_q",))


def two_sizes() -> nn.Module:
    """A teacher and a student (knowledge distillation)."""
    block = basic(shortcut="downsample", empty=False, own_relu=True)
    parts = {"student": imagenet(block, 18), "teacher": imagenet(bottleneck(), 50)}
    return made("Distiller", Path, parts, steps=("student",))


def transfer(*layers: nn.Module) -> nn.Module:
    """A ResNet-50 with another head in place of fc."""
    return imagenet(bottleneck(), 50, fc=seq(*layers))


# networks that are residual in another way
def alpha_zero() -> nn.Module:
    """AlphaZero's tower: blocks of one width, and two heads."""

    def block() -> nn.Module:
        parts = {"conv1": conv(256, 256), "bn1": bn(256), "conv2": conv(256, 256), "bn2": bn(256)}
        return made("ResBlock", Residual, parts)

    parts: dict[str, nn.Module] = {"conv": conv(17, 256), "bn": bn(256), "blocks": seq(*(block() for _ in range(19)))}
    parts |= {"policy": seq(conv(256, 2, 1), bn(2), relu(), Flat(), nn.Linear(2 * 19 * 19, 362))}
    return made("AlphaZeroNet", Path, parts)


def cycle_gan() -> nn.Module:
    """CycleGAN's generator: nine blocks between down- and upsampling."""

    def block() -> nn.Module:
        norm = nn.InstanceNorm2d
        layers = seq(
            nn.ReflectionPad2d(1), nn.Conv2d(256, 256, 3), norm(256), relu(),
            nn.ReflectionPad2d(1), nn.Conv2d(256, 256, 3), norm(256),
        )  # fmt: skip
        return made("ResnetBlock", Residual, {"conv_block": layers}, ends=False)

    norm = nn.InstanceNorm2d
    layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, 64, 7), norm(64), relu()]
    for width in (64, 128):
        layers += [conv(width, 2 * width, 3, 2, bias=True), norm(2 * width), relu()]
    layers += [block() for _ in range(9)]
    for width in (256, 128):
        layers += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, 1), norm(width // 2), relu()]
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(64, 3, 7), nn.Tanh()]
    return made("ResnetGenerator", Path, {"model": seq(*layers)})


def edsr() -> nn.Module:
    """EDSR: blocks without norms for super-resolution."""

    def block() -> nn.Module:
        layers = seq(conv(64, 64, bias=True), relu(), conv(64, 64, bias=True))
        return made("ResBlock", Residual, {"body": layers}, ends=False)

    body = seq(*(block() for _ in range(16)), conv(64, 64, bias=True))
    tail = seq(seq(conv(64, 256, bias=True), nn.PixelShuffle(2)), conv(64, 3, bias=True))
    return made("EDSR", Path, {"head": seq(conv(3, 64, bias=True)), "body": body, "tail": tail})


def audio() -> nn.Module:
    """A ResNet for sound or an ECG: one dimension."""

    def block(inputs: int, width: int, stride: int) -> nn.Module:
        line, norm = nn.Conv1d, nn.BatchNorm1d
        beside = None
        if stride != 1 or inputs != width:
            beside = seq(line(inputs, width, 1, stride, bias=False), norm(width))
        parts: dict[str, nn.Module | None] = {"conv1": line(inputs, width, 3, stride, 1, bias=False)}
        parts |= {"bn1": norm(width), "relu": relu(), "conv2": line(width, width, 3, 1, 1, bias=False)}
        parts |= {"bn2": norm(width), "downsample": beside}
        steps = ("conv1", "bn1", "relu", "conv2", "bn2")
        return made(
            "BasicBlock1d", Residual, parts, steps=steps, beside="downsample" if beside else "", after=("relu",)
        )

    children: dict[str, nn.Module] = {"conv1": nn.Conv1d(12, 64, 15, 2, 7, bias=False), "bn1": nn.BatchNorm1d(64)}
    children |= {"relu": relu(), "maxpool": nn.MaxPool1d(3, 2, 1)}
    for number, part in enumerate(stages(block, BLOCKS[34], 64), start=1):
        children[f"layer{number}"] = seq(*part)
    children |= {"avgpool": nn.AdaptiveAvgPool1d(1), "flat": Flat(), "fc": nn.Linear(512, 5)}
    return made("ResNet1d", Path, children)


def slow_fast() -> nn.Module:
    """PySlowFast's slow pathway: three dimensions, and names such as s2.pathway0_res0.branch2.a."""

    def block(inputs: int, outputs: int, stride: int) -> nn.Module:
        inner, cube, norm = outputs // 4, nn.Conv3d, nn.BatchNorm3d
        branch = {"a": cube(inputs, inner, (1, 1, 1), bias=False), "a_bn": norm(inner), "a_relu": relu()}
        branch |= {"b": cube(inner, inner, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False), "b_bn": norm(inner)}
        branch |= {"b_relu": relu(), "c": cube(inner, outputs, (1, 1, 1), bias=False), "c_bn": norm(outputs)}
        parts: dict[str, nn.Module] = {}
        if stride > 1 or inputs != outputs:
            project = cube(inputs, outputs, 1, (1, stride, stride), bias=False)
            parts = {"branch1": made("Shortcut3d", Path, {"branch1": project, "branch1_bn": norm(outputs)})}
        parts |= {"branch2": made("BottleneckTransform", Path, branch), "relu": relu()}
        beside = "branch1" if "branch1" in parts else ""
        return made("ResBlock", Residual, parts, steps=("branch2",), beside=beside, after=("relu",))

    children: dict[str, nn.Module] = {
        "s1": named(conv=nn.Conv3d(3, 64, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False), bn=nn.BatchNorm3d(64),
                    relu=relu(), pool_layer=nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)))
    }  # fmt: skip
    inputs = 64
    for stage, count in enumerate(BLOCKS[50]):
        outputs = 256 * 2**stage
        blocks = {}
        for index in range(count):
            blocks[f"pathway0_res{index}"] = block(inputs, outputs, 2 if stage and not index else 1)
            inputs = outputs
        children[f"s{stage + 2}"] = made("ResStage", Path, blocks)
    children |= {"pool": nn.AdaptiveAvgPool3d(1), "flat": Flat(), "head": nn.Linear(2048, 400)}
    return made("ResNet", Path, children)


def pruned(depth: int = 18) -> nn.Module:
    """A network after torch.nn.utils.prune: each convolution has weight_orig and weight_mask."""
    net = imagenet(basic(shortcut="downsample", empty=False, own_relu=True), depth)
    for module in list(net.modules()):
        if isinstance(module, nn.Conv2d):
            weight = module.weight
            del module._parameters["weight"]
            module.register_parameter("weight_orig", weight)
            module.register_buffer("weight_mask", torch.ones_like(weight))
            module.weight = weight  # as the pruning's hook sets it
            module._parameters.pop("weight", None)
            object.__setattr__(module, "weight", weight)
    return net


def students_layers() -> nn.Module:
    """Blocks with the layers in small Sequentials called left and shortcut (a common notebook)."""

    def block(inputs: int, width: int, stride: int) -> nn.Module:
        left = seq(conv(inputs, width, 3, stride), bn(width), relu(), conv(width, width), bn(width))
        beside = seq(conv(inputs, width, 1, stride), bn(width)) if stride != 1 or inputs != width else seq()
        return made("ResidualBlock", Residual, {"left": left, "shortcut": beside}, steps=("left",), beside="shortcut")

    children: dict[str, nn.Module] = {"conv1": seq(conv(3, 64), bn(64), nn.ReLU())}
    for number, part in enumerate(stages(block, BLOCKS[18], 64), start=1):
        children[f"layer{number}"] = seq(*part)
    children["fc"] = nn.Linear(512, 10)
    return made("ResNet", Whole, children, body=tuple(children)[:-1])


def identity_and_conv_blocks() -> nn.Module:
    """A ResNet-50 with a class for blocks that project and one for those that do not, after Keras courses."""

    def block(inputs: int, width: int, stride: int) -> nn.Module:
        project = stride != 1 or inputs != 4 * width
        parts: dict[str, nn.Module] = {"conv1": conv(inputs, width, 1, bias=True), "bn1": bn(width)}
        parts |= {"conv2": conv(width, width, 3, stride, bias=True), "bn2": bn(width)}
        parts |= {"conv3": conv(width, 4 * width, 1, bias=True), "bn3": bn(4 * width)}
        steps = tuple(parts)
        if project:
            parts["shortcut"] = seq(conv(inputs, 4 * width, 1, stride, bias=True), bn(4 * width))
        name = "ConvBlock" if project else "IdentityBlock"
        return made(name, Residual, parts, steps=steps, beside="shortcut" if project else "")

    children: dict[str, nn.Module] = {"conv1": conv(3, 64, 7, 2, bias=True), "bn1": bn(64), "relu": nn.ReLU()}
    children["maxpool"] = nn.MaxPool2d(3, 2, 1)
    for number, part in enumerate(stages(block, BLOCKS[50], 64, expansion=4), start=1):
        children[f"stage{number}"] = seq(*part)
    children["fc"] = nn.Linear(2048, 6)
    return made("ResNet50", Whole, children, body=tuple(children)[:-1])


def frozen_detectron(depth: int = 50) -> str:
    """What detectron2 prints: a convolution with its norm inside of it."""
    lines = ["GeneralizedRCNN(", "  (backbone): FPN("]
    for number, width in zip((2, 3, 4, 5), (256, 512, 1024, 2048), strict=True):
        lines.append(f"    (fpn_lateral{number}): Conv2d({width}, 256, kernel_size=(1, 1), stride=(1, 1))")
        lines.append(f"    (fpn_output{number}): Conv2d(256, 256, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))")
    lines += ["    (top_block): LastLevelMaxPool()", "    (bottom_up): ResNet(", "      (stem): BasicStem("]
    lines += _detectron_conv("conv1", 3, 64, 7, 2, indent=8)
    lines.append("      )")
    inputs = 64
    for stage, count in enumerate(BLOCKS[depth]):
        width = 64 * 2**stage
        lines.append(f"      (res{stage + 2}): Sequential(")
        for index in range(count):
            stride = 2 if stage and not index else 1
            lines.append(f"        ({index}): BottleneckBlock(")
            if not index:
                lines += _detectron_conv("shortcut", inputs, 4 * width, 1, stride, indent=10)
            lines += _detectron_conv("conv1", inputs, width, 1, stride, indent=10)
            lines += _detectron_conv("conv2", width, width, 3, 1, indent=10)
            lines += _detectron_conv("conv3", width, 4 * width, 1, 1, indent=10)
            lines.append("        )")
            inputs = 4 * width
        lines.append("      )")
    lines += ["    )", "  )", "  (proposal_generator): RPN("]
    lines.append("    (conv): Conv2d(256, 256, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))")
    return "\n".join([*lines, "  )", ")"])


def _detectron_conv(name: str, inputs: int, outputs: int, kernel: int, stride: int, *, indent: int) -> list[str]:
    pad = f", padding=({kernel // 2}, {kernel // 2})" if kernel > 1 else ""
    sizes = f"kernel_size=({kernel}, {kernel}), stride=({stride}, {stride}){pad}, bias=False"
    return [
        f"{' ' * indent}({name}): Conv2d(",
        f"{' ' * (indent + 2)}{inputs}, {outputs}, {sizes}",
        f"{' ' * (indent + 2)}(norm): FrozenBatchNorm2d(num_features={outputs}, eps=1e-05)",
        f"{' ' * indent})",
    ]
