"""One residual block in two parts: the gradient goes back by its shortcut or through its branch.

A block computes act(F(x) + S(x)). Both parts include the activation after the sum, whose derivative the forward pass
has fixed. In evaluation mode the parts are linear, and their sum is autograd's gradient.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.network.blocks import ResidualBlock


class BlockGradients:
    """A block at one input ``x`` (N, C, H, W): takes gradients at its output back to its input."""

    def __init__(self, block: ResidualBlock, x: Tensor) -> None:
        """Runs the block; its mode and its weights stay as they are."""
        self._x = x.detach().requires_grad_()
        self._summands: tuple[Tensor, ...] = ()
        with torch.enable_grad():
            if block.add is None:
                self._out: Tensor = block(self._x)
                return
            hook = block.add.register_forward_pre_hook(self._keep)
            try:
                self._out = block(self._x)
            finally:
                hook.remove()

    def _keep(self, _: object, summands: tuple[Tensor, ...]) -> None:
        self._summands = summands

    @property
    def plain(self) -> bool:
        """Whether the block has no shortcut: then the branch is all of it."""
        return not self._summands

    def at_sum(self, gradient: Tensor) -> Tensor:
        """From the block's output back to the sum; in a plain block it stays at the output."""
        return gradient if self.plain else _back(self._out, self._summands[0], gradient)

    def by_branch(self, gradient: Tensor) -> Tensor:
        """From the sum back through the branch."""
        return _back(self._out if self.plain else self._summands[0], self._x, gradient)

    def by_shortcut(self, gradient: Tensor) -> Tensor:
        """From the sum back by the shortcut, which the block must have."""
        shortcut = self._summands[1]
        return gradient if shortcut is self._x else _back(shortcut, self._x, gradient)

    def by_length(self, gradients: Sequence[Tensor]) -> list[Tensor]:
        """One step of the recurrence g_k <- S^T g_k + F^T g_(k-1): a gradient for each length, and one length more."""
        at_sum = [self.at_sum(each) for each in gradients]
        longer = [self.by_branch(each) for each in at_sum]
        if self.plain:
            return [torch.zeros_like(longer[0]), *longer]
        kept = [self.by_shortcut(each) for each in at_sum]
        return [kept[0], *(one + other for one, other in zip(kept[1:], longer, strict=False)), longer[-1]]

    def by_one_way(self, gradient: Tensor, *, branch: bool) -> Tensor:
        """The gradient of a single path, which takes the branch here or the shortcut."""
        at_sum = self.at_sum(gradient)
        return self.by_branch(at_sum) if branch or self.plain else self.by_shortcut(at_sum)


def _back(out: Tensor, inputs: Tensor, gradient: Tensor) -> Tensor:
    if out is inputs:
        return gradient
    return torch.autograd.grad(out, inputs, gradient, retain_graph=True)[0]
