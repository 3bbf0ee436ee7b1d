"""The end of the file: weights from PyTorch, and what it does when it is run."""

from explorer.export.python_source.facts import Facts
from explorer.export.python_source.text import Lines, definition, docstring, spread
from explorer.network.architecture import Architecture


def copy_weights(facts: Facts) -> Lines:
    """The function that fills the model from a state dict."""
    names = ['"kernel": "weight"', '"bias": "bias"']
    names += ['"gamma": "weight"', '"beta": "bias"'] if facts.normed else []
    if facts.normed and not facts.grouped_norm:
        names += ['"moving_mean": "running_mean"', '"moving_variance": "running_var"']
    names += ['"gain": "gain"'] if facts.scaled else []
    table = spread("names = ", names)
    return definition(
        "def copy_weights(model: keras.Model, state_dict: dict) -> None",
        docstring(
            "Fills the model with the weights of the same network in PyTorch.",
            "``state_dict`` holds arrays or tensors of the CPU under PyTorch's names.",
            depth=1,
        ),
        [table[0].replace("(", "{"), *table[1:-1], "}"],
        ["axes = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}  # PyTorch's, in Keras's order"],
        ['found = {name.replace(".", "_"): value for name, value in state_dict.items()}'],
        definition(
            "for layer in model.layers",
            definition(
                "for weight in layer.weights",
                [
                    'array = np.asarray(found[f"{layer.name}_{names[weight.name]}"])',
                    "weight.assign(array.transpose(axes[array.ndim]))",
                ],
            ),
        ),
    )


def main(arch: Architecture) -> Lines:
    """What the file does when it is run: build the model, send an image through it, check the parameters."""
    side = arch.config.image_size
    return definition(
        'if __name__ == "__main__"',
        ["model = build_model()"],
        [f"logits = model(keras.random.normal((1, {side}, {side}, {arch.config.in_channels})))"],
        ["params = sum(math.prod(weight.shape) for weight in model.trainable_weights)"],
        ['print(f"logits {tuple(logits.shape)}, {params:,} parameters")'],
        [f"assert params == {arch.params:_}"],
    )
