"""Functions and gradients at module level, where pickle finds them by name."""

from __future__ import annotations

import numpy as np

import srcgrad

scale = 3.0
count = 2


def stretched(x):
    return scale * x


def energy(x, y):
    """The energy of a spring."""
    return np.sum((stretched(x) - y) ** 2)


@srcgrad.grad
def decorated(x):
    return x**3 + count * x


@srcgrad.value_and_grad(argnums=(0, 1))
def decorated_pair(x, y=2.0):
    return x**2 * y


wrapped = srcgrad.grad(energy)


class Spring:
    """A method that is a gradient."""

    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    def energy(self, x):
        return 0.5 * self.stiffness * x**2

    @srcgrad.grad(argnums=1)
    def force(self, x):
        return 0.5 * self.stiffness * x**2
