"""Forward mode and second derivatives of every kernel, unchanged, along random directions.

The second derivative is taken by forward over reverse, reverse over reverse and central
differences of the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kernels import KERNELS, Kernel
from srcgrad.api import grad
from srcgrad.making import pullback_of, tangent_of

STEP = 1e-6
RTOL = 2e-5
SMALLEST = {"haar": 8, "fft": 8, "small_network": 8}
"""A size that these need; the others are tested at a few elements."""


def inputs(kernel: Kernel) -> tuple[Any, ...]:
    return kernel.inputs(SMALLEST.get(kernel.name, min(kernel.sizes[0], 5)))


def directions(kernel: Kernel, args: tuple[Any, ...], seed: int) -> list[Any]:
    """One random direction for each independent."""
    rng = np.random.default_rng(seed)
    shapes = [np.shape(args[i]) for i in kernel.wrt]
    return [rng.standard_normal(s) if s else float(rng.standard_normal()) for s in shapes]


def moved(kernel: Kernel, args: tuple[Any, ...], along: list[Any], step: float) -> tuple[Any, ...]:
    new = [np.copy(a) if isinstance(a, np.ndarray) else a for a in args]
    for i, direction in zip(kernel.wrt, along, strict=True):
        new[i] = new[i] + step * direction
    return tuple(new)


def seeded(kernel: Kernel, args: tuple[Any, ...], seeds: list[Any]) -> tuple[Any, ...]:
    """The arguments with seeds behind the last independent."""
    last = max(kernel.wrt) + 1
    return (*args[:last], *seeds, *args[last:])


def inner(a: Any, b: Any) -> float:
    return float(sum(np.sum(np.asarray(x) * y) for x, y in zip(a, b, strict=True)))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_forward_mode(kernel: Kernel) -> None:
    args = inputs(kernel)
    along = directions(kernel, args, 1)
    value, slope = tangent_of(kernel.function, kernel.wrt)(*seeded(kernel, args, along))
    ahead, behind = (kernel.function(*moved(kernel, args, along, s)) for s in (STEP, -STEP))
    assert value == kernel.function(*moved(kernel, args, along, 0.0))
    assert slope == pytest.approx((ahead - behind) / (2 * STEP), rel=RTOL, abs=1e-6)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_second_order(kernel: Kernel) -> None:
    args = inputs(kernel)
    along, weights = directions(kernel, args, 2), directions(kernel, args, 3)
    gradient = grad(kernel.function, kernel.wrt)
    tangents = tangent_of(gradient, kernel.wrt)(*seeded(kernel, args, along))[1]
    adjoints = pullback_of(gradient, kernel.wrt)(*seeded(kernel, args, [tuple(weights)]))[1]
    ahead, behind = (
        inner(gradient(*moved(kernel, args, along, s)), weights) for s in (STEP, -STEP)
    )
    expected = pytest.approx((ahead - behind) / (2 * STEP), rel=RTOL, abs=1e-5)
    assert inner(tangents, weights) == expected
    assert inner(adjoints, along) == expected
