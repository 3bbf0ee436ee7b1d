"""The choices of the start page. No name is one of Architecture's, whose links were shared without its address."""

from explorer.ui.state.url_control import Control, lid

BRANCH = Control(
    "branch",
    "1",
    tuple(f"{tenth / 10:g}" for tenth in range(11)),
    "How much of F?",
    "F is multiplied by this, as the last batch norm of a real branch multiplies it by its γ.",
)
VALUES = lid("start_values", "Both pictures as tables")

ALL = (BRANCH, VALUES)
