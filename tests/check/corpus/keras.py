"""What Keras's ``model.summary()`` prints, after keras/src/utils/summary_utils.py and applications/resnet.py."""

_LINE = "{:<34} {:<26} {:>12}  {}"


class Summary:
    """Writes rows and remembers what is connected to what."""

    def __init__(self, boxes: bool) -> None:
        self.rows: list[tuple[str, str, str, str]] = []
        self.boxes = boxes

    def add(self, name: str, cls: str, shape: tuple[int, ...], params: int, *sources: str) -> str:
        sizes = f"(None, {', '.join(map(str, shape))}{',' if not shape else ''})"
        self.rows.append((f"{name} ({cls})", sizes, f"{params:,}" if self.boxes else str(params), ", ".join(
            f"{source}[0][0]" if self.boxes else f"['{source}[0][0]']" for source in sources)))  # fmt: skip
        return name

    def text(self, title: str) -> str:
        if not self.boxes:
            lines = [
                f'Model: "{title}"',
                "_" * 98,
                _LINE.format(" Layer (type)", "Output Shape", "Param #", "Connected to"),
            ]
            lines += ["=" * 98, *(_LINE.format(" " + row[0], *row[1:]) for row in self.rows), "=" * 98]
            return "\n".join([*lines, "Total params: 25636712 (97.80 MB)", "_" * 98])
        bar = "├─────────────────────┼───────────────────┼────────────┼───────────────────┤"
        lines = [f'Model: "{title}"', bar.replace("├", "┏").replace("┼", "┳").replace("┤", "┓").replace("─", "━")]
        lines.append("┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃")
        for name, shape, params, source in self.rows:
            wrapped = [(name[:19], shape[:17], params, source[:17])]
            rest = [name[19:], shape[17:], "", source[17:]]
            while any(rest):
                wrapped.append((rest[0][:19], rest[1][:17], "", rest[3][:17]))
                rest = [rest[0][19:], rest[1][17:], "", rest[3][17:]]
            lines += [bar, *(f"│ {a:<19} │ {b:<17} │ {c:>10} │ {d:<17} │" for a, b, c, d in wrapped)]
        return "\n".join([*lines, bar.replace("┼", "┴"), " Total params: 25,636,712 (97.80 MB)"])


def resnet50(*, boxes: bool = False, classes: int = 1000, gates: bool = False) -> str:
    """keras.applications.ResNet50: v1, with biases; ``gates`` puts squeeze-and-excitation into its blocks."""
    out = Summary(boxes)
    last = out.add("input_1", "InputLayer", (224, 224, 3), 0)
    last = out.add("conv1_pad", "ZeroPadding2D", (230, 230, 3), 0, last)
    last = out.add("conv1_conv", "Conv2D", (112, 112, 64), 9472, last)
    last = out.add("conv1_bn", "BatchNormalization", (112, 112, 64), 256, last)
    last = out.add("conv1_relu", "Activation", (112, 112, 64), 0, last)
    last = out.add("pool1_pad", "ZeroPadding2D", (114, 114, 64), 0, last)
    last = out.add("pool1_pool", "MaxPooling2D", (56, 56, 64), 0, last)
    inputs = 64
    for stage, count in enumerate((3, 4, 6, 3)):
        width, side = 64 * 2**stage, 56 >> stage
        for index in range(1, count + 1):
            name, start = f"conv{stage + 2}_block{index}", last
            for number, (kernel, outputs) in enumerate(((1, width), (3, width), (1, 4 * width)), start=1):
                shape = (side, side, outputs)
                if index == 1 and number == 3:
                    out.add(f"{name}_0_conv", "Conv2D", shape, (inputs + 1) * outputs, start)
                reads = inputs if number == 1 else width
                last = out.add(f"{name}_{number}_conv", "Conv2D", shape, (kernel**2 * reads + 1) * outputs, last)
                if index == 1 and number == 3:
                    out.add(f"{name}_0_bn", "BatchNormalization", shape, 4 * outputs, f"{name}_0_conv")
                last = out.add(f"{name}_{number}_bn", "BatchNormalization", shape, 4 * outputs, last)
                if number < 3:
                    last = out.add(f"{name}_{number}_relu", "Activation", shape, 0, last)
            if gates:
                last = gated(out, name, last, side, 4 * width)
            beside = f"{name}_0_bn" if index == 1 else start
            last = out.add(f"{name}_add", "Add", (side, side, 4 * width), 0, beside, last)
            last = out.add(f"{name}_out", "Activation", (side, side, 4 * width), 0, last)
            inputs = 4 * width
    last = out.add("avg_pool", "GlobalAveragePooling2D", (2048,), 0, last)
    out.add("predictions", "Dense", (classes,), 2049 * classes, last)
    return out.text("resnet50")


def gated(out: Summary, name: str, last: str, side: int, channels: int) -> str:
    """Squeeze-and-excitation as in Keras's own layers: pool, two dense layers, a product."""
    squeezed = out.add(f"{name}_se_pool", "GlobalAveragePooling2D", (channels,), 0, last)
    inner = channels // 16
    squeezed = out.add(f"{name}_se_squeeze", "Dense", (inner,), (channels + 1) * inner, squeezed)
    squeezed = out.add(f"{name}_se_excite", "Dense", (channels,), (inner + 1) * channels, squeezed)
    squeezed = out.add(f"{name}_se_reshape", "Reshape", (1, 1, channels), 0, squeezed)
    return out.add(f"{name}_se_scale", "Multiply", (side, side, channels), 0, last, squeezed)


def resnet20(*, boxes: bool = False) -> str:
    """Keras's CIFAR-10 example, version 1: unnamed layers, projections without a norm, biases everywhere."""
    out = Summary(boxes)
    counts = {"conv2d": -1, "batch_normalization": -1, "activation": -1, "add": -1}

    def layer(kind: str, cls: str, shape: tuple[int, ...], params: int, *sources: str) -> str:
        counts[kind] += 1
        return out.add(f"{kind}_{counts[kind]}" if counts[kind] else kind, cls, shape, params, *sources)

    last = out.add("input_1", "InputLayer", (32, 32, 3), 0)
    last = layer("conv2d", "Conv2D", (32, 32, 16), 448, last)
    last = layer("batch_normalization", "BatchNormalization", (32, 32, 16), 64, last)
    last = layer("activation", "Activation", (32, 32, 16), 0, last)
    inputs = 16
    for stage in range(3):
        width, side = 16 * 2**stage, 32 >> stage
        for index in range(3):
            shape, start = (side, side, width), last
            last = layer("conv2d", "Conv2D", shape, (9 * inputs + 1) * width, last)
            last = layer("batch_normalization", "BatchNormalization", shape, 4 * width, last)
            last = layer("activation", "Activation", shape, 0, last)
            last = layer("conv2d", "Conv2D", shape, (9 * width + 1) * width, last)
            if stage and not index:
                start = layer("conv2d", "Conv2D", shape, (inputs + 1) * width, start)
            last = layer("batch_normalization", "BatchNormalization", shape, 4 * width, last)
            last = layer("add", "Add", shape, 0, start, last)
            last = layer("activation", "Activation", shape, 0, last)
            inputs = width
    last = out.add("average_pooling2d", "AveragePooling2D", (1, 1, 64), 0, last)
    last = out.add("flatten", "Flatten", (64,), 0, last)
    out.add("dense", "Dense", (10,), 650, last)
    return out.text("model")
