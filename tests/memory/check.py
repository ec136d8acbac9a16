"""What the tests of mutation share: programs from text, and the check "right, or refused"."""

from __future__ import annotations

import copy
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcgrad
from srcgrad.errors import SrcgradError
from support import (
    assert_close,
    assert_independent,
    assert_matches,
    assert_numbers,
    check_gradient,
    make_slots,
)
from support.numeric import numeric_gradient, slope
from support.trees import assert_same, is_real, leaves

Function = Callable[..., Any]
Args = tuple[Any, ...]


def load(text: str, name: str) -> dict[str, Any]:
    """Run the text of a module, and keep its lines where `inspect` looks for them."""
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": name}
    exec(compile(text, file, "exec"), space)
    return space


def forget(name: str) -> None:
    """Drop the lines of a module made by `load`."""
    linecache.cache.pop(f"<{name}>", None)


# right, or refused --------------------------------------------------------------------------------


def check_calls(f: Function, calls: Sequence[Args], argnums: tuple[int, ...]) -> None:
    """Assert all that is promised of one gradient function, called with several arguments."""
    gradient = srcgrad.value_and_grad(f, argnums)
    for args in calls:
        before = copy.deepcopy(args)
        value, results = gradient(*args)
        assert_same(before, args, "argument")
        assert_matches(results, tuple(args[n] for n in argnums))
        assert_independent(results, args)
        assert_close(value, f(*copy.deepcopy(args)), 1e-10, 1e-12, "value")
        assert_numbers(f, args, {}, make_slots(f, args, {}, argnums, None), results, 1e-6, 1e-8)
        again_value, again = gradient(*args)
        assert_same((value, results), (again_value, again), "second call")


def check_right_or_refused(
    f: Function, args: Args, argnums: int | tuple[int, ...] = 0, **options: Any
) -> str:
    """Assert that a gradient is right or refused on purpose; which of the two it was."""
    try:
        check_gradient(f, args, argnums, **options)
    except Exception as error:
        if not (is_refusal(error) or is_late_refusal(error)):
            raise
        return "refused"
    return "right"


def is_refusal(error: Exception, *, located: bool = True) -> bool:
    """Whether an error says that something is refused on purpose, and where."""
    if not isinstance(error, SrcgradError) or "bug in srcgrad" in str(error):
        return False
    return error.location is not None or not located


LATE = ("share memory", "is a copy here")


def is_late_refusal(error: Exception) -> bool:
    """Whether generated code, which knows NumPy alone, refuses what only a run can tell."""
    return isinstance(error, ValueError) and any(text in str(error) for text in LATE)


@dataclass(frozen=True)
class Refused:
    """That a call was refused on purpose, and why."""

    why: str


def refused_or(call: Callable[[], Any]) -> Any:
    """What a call returns, or the `Refused` that says why it is refused."""
    try:
        return call()
    except Exception as error:
        if not (is_refusal(error, located=False) or is_late_refusal(error)):
            raise
        return Refused(str(error))


# the program itself -------------------------------------------------------------------------------


def assert_smooth(f: Function, args: Args, argnums: tuple[int, ...]) -> None:
    """Assert that a program is finite and that its differences at two step sizes agree."""
    value = float(np.asarray(f(*copy.deepcopy(args))).item())
    assert np.isfinite(value), f"a value of {value}"
    assert abs(value) < 1e6, f"a value of {value}"

    def call(where: tuple[Any, ...]) -> Any:
        given = list(copy.deepcopy(args))
        for n, one in zip(argnums, where, strict=True):
            given[n] = one
        return f(*given)

    where = tuple(args[n] for n in argnums)
    for (path, one), (_, two) in zip(
        leaves(numeric_gradient(call, where)), leaves(rough_gradient(call, where)), strict=True
    ):
        if one is not None:
            np.testing.assert_allclose(two, one, rtol=2e-7, atol=2e-8, err_msg=path)


def rough_gradient(call: Callable[[Any], Any], where: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradient by differences at another step size."""
    return tuple(_rough(call, where, path, leaf) for path, leaf in leaves(where))


def _rough(call: Callable[[Any], Any], where: Any, path: str, leaf: Any) -> Any:
    if not is_real(leaf):
        return None
    if not isinstance(leaf, np.ndarray):
        return slope(call, where, path, 1.0, 2.5e-4)
    found = np.zeros(leaf.shape)
    for index in np.ndindex(leaf.shape):
        unit = np.zeros(leaf.shape)
        unit[index] = 1.0
        found[index] = slope(call, where, path, unit, 2.5e-4)
    return found
