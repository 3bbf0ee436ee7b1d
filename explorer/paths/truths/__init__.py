"""What is true of the paths' questions: each function says how to measure it and how to read the answer.

A question names one as ``module.function``. Each takes the device on which the pages measure, and asks for what the
step's page asks for, so that the two are computed once and agree. Nothing here states an outcome.
"""

from importlib import import_module

from explorer.paths.answers import Measured


def measured(name: str, device: str) -> Measured:
    """Returns how to measure the truth called ``name``. It may load torch.

    Raises:
        LookupError: there is no such truth.
    """
    module, _, function = name.partition(".")
    try:
        found = getattr(import_module(f"{__name__}.{module}"), function)
    except (ModuleNotFoundError, AttributeError) as error:
        raise LookupError(f"no truth is called {name!r}") from error
    answer: Measured = found(device)
    return answer
