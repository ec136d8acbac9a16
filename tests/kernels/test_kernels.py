"""Gradients of the kernels: by srcgrad and by hand, against central differences and each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import srcgrad
from kernels import KERNELS, Kernel
from support import assert_close, assert_independent, assert_matches, check_gradient
from support.numeric import slope
from support.trees import assert_same

RTOL = 1e-6
ATOL = 1e-8
FEW = 60
DIRECTIONS = 3

BY_HAND = [kernel for kernel in KERNELS if kernel.by_hand is not None]


def name_of(kernel: Kernel) -> str:
    return kernel.name


def independents(kernel: Kernel, args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(args[position] for position in kernel.wrt)


def directions(k: int, value: Any) -> Iterator[Any]:
    """A few random ones, and those of the elements where there are not many."""
    rng = np.random.default_rng(k)
    for _ in range(DIRECTIONS):
        direction = rng.standard_normal(np.shape(value))
        yield direction / np.sqrt(np.sum(direction**2))
    if np.size(value) < FEW:
        for index in np.ndindex(np.shape(value)):
            unit = np.zeros(np.shape(value))
            unit[index] = 1.0
            yield unit


@cache
def measured(kernel: Kernel) -> list[tuple[int, Any, float]]:
    """The slope of a kernel along directions of each of its independents."""
    args = kernel.inputs(kernel.sizes[0])
    values = independents(kernel, args)

    def call(changed: tuple[Any, ...]) -> Any:
        full = list(args)
        for position, value in zip(kernel.wrt, changed, strict=True):
            full[position] = value
        return kernel.function(*full)

    return [
        (k, direction, slope(call, values, f"[{k}]", direction))
        for k, value in enumerate(values)
        for direction in directions(k, value)
    ]


def assert_right(kernel: Kernel, gradient: tuple[Any, ...]) -> None:
    """A gradient agrees with central differences."""
    for k, direction, want in measured(kernel):
        assert_close(float(np.sum(gradient[k] * direction)), want, RTOL, ATOL, f"argument {k}")


def assert_equal(got: tuple[Any, ...], want: tuple[Any, ...]) -> None:
    for k, (one, two) in enumerate(zip(got, want, strict=True)):
        scale = float(np.max(np.abs(two)))
        assert_close(one, two, 1e-9, 1e-11 * scale, f"argument {k}")


@pytest.mark.parametrize("kernel", KERNELS, ids=name_of)
def test_gradient(kernel: Kernel) -> None:
    """What srcgrad promises of any gradient, and every element against central differences."""
    args = kernel.inputs(kernel.sizes[0])
    assert_right(kernel, check_gradient(kernel.function, args, kernel.wrt, rtol=RTOL, atol=ATOL))


@pytest.mark.parametrize("kernel", BY_HAND, ids=name_of)
def test_gradient_by_hand(kernel: Kernel) -> None:
    assert kernel.by_hand is not None
    args = kernel.inputs(kernel.sizes[0])
    gradient = kernel.by_hand(*args)
    assert_same(kernel.inputs(kernel.sizes[0]), args, "argument")
    assert_matches(gradient, independents(kernel, args))
    assert_independent(gradient, args)
    assert_right(kernel, gradient)


@pytest.mark.parametrize("kernel", BY_HAND, ids=name_of)
def test_gradient_is_that_by_hand(kernel: Kernel) -> None:
    """At the size of the tests and at one that is larger, by one compiled gradient."""
    assert kernel.by_hand is not None
    gradient = srcgrad.grad(kernel.function, argnums=kernel.wrt)
    for size in kernel.sizes[:2]:
        args = kernel.inputs(size)
        assert_equal(gradient(*args), kernel.by_hand(*args))


def test_independents_are_all_floats() -> None:
    """Every array of floats and every float is differentiated by."""
    for kernel in KERNELS:
        args = kernel.inputs(kernel.sizes[0])
        for position, arg in enumerate(args):
            real = isinstance(arg, float) or getattr(arg, "dtype", None) == np.float64
            assert real == (position in kernel.wrt), f"{kernel.name}: argument {position}"


def test_inputs_are_the_same_every_time() -> None:
    for kernel in KERNELS:
        assert_same(kernel.inputs(kernel.sizes[0]), kernel.inputs(kernel.sizes[0]), kernel.name)


def test_names_are_unique() -> None:
    assert len({kernel.name for kernel in KERNELS}) == len(KERNELS)
