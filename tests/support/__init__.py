"""What the tests share: gradients checked against central differences, and examples loaded.

`check_gradient(f, args, argnums)` asserts everything that srcgrad promises of one gradient call:
the numbers, the structure, shape and dtype, that no argument is changed, that no result shares
memory with an argument or with another result, and that a second call gives the same.
"""

from __future__ import annotations

import copy
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

import srcgrad
from support.numeric import ELEMENTWISE_LIMIT, directional, numeric_gradient
from support.trees import Tree, arrays, assert_same, children, is_real, leaves

ROOT = Path(__file__).parents[2]
Argnums = int | tuple[int, ...]
Names = str | tuple[str, ...]

__all__ = [
    "ROOT",
    "assert_close",
    "assert_independent",
    "assert_matches",
    "check_gradient",
    "load_example",
    "reference_gradient",
]


def check_gradient(
    f: Callable[..., Any],
    args: Sequence[Any],
    argnums: Argnums = 0,
    *,
    kwargs: Mapping[str, Any] | None = None,
    wrt: Names | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> Tree:
    """Assert all that is promised of `srcgrad.grad(f, argnums)(*args)`; return the gradient."""
    kwargs = dict(kwargs or {})
    options = {"argnums": argnums} if wrt is None else {"wrt": wrt}
    gradient = srcgrad.grad(f, **options)
    before = copy.deepcopy((tuple(args), kwargs))
    result = gradient(*args, **kwargs)
    assert_same(before, (tuple(args), kwargs), "argument")

    slots = make_slots(f, args, kwargs, argnums, wrt)
    where = tuple(slot.read() for slot in slots)
    single = not isinstance(argnums if wrt is None else wrt, tuple)
    results = (result,) if single else result
    assert isinstance(results, tuple)
    assert len(results) == len(where), f"{len(where)} gradients expected, {len(results)} returned"
    assert_matches(results, where)
    assert_independent(results, (args, kwargs, where))
    assert_numbers(f, args, kwargs, slots, results, rtol, atol)

    assert_same(result, gradient(*args, **kwargs), "second call")
    value, again = srcgrad.value_and_grad(f, **options)(*args, **kwargs)
    assert_close(value, f(*copy.deepcopy(tuple(args)), **copy.deepcopy(kwargs)), 1e-10, 1e-12)
    for (path, one), (_, two) in zip(leaves(again), leaves(result), strict=True):
        if is_real(two):
            assert_close(one, two, 1e-10, 1e-12, f"value_and_grad{path}")
    return result


# where the independents live ----------------------------------------------------------------------


class Slot:
    """A place that a function reads a value from, for the tests to read and to change."""

    def __init__(self, holder: Any, key: Any) -> None:
        self.holder = holder
        self.key = key

    def read(self) -> Any:
        if isinstance(self.holder, CellType):
            return self.holder.cell_contents
        return self.holder[self.key]

    def write(self, value: Any) -> None:
        if isinstance(self.holder, CellType):
            self.holder.cell_contents = value
        else:
            self.holder[self.key] = value


def make_slots(
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    argnums: Argnums,
    wrt: Names | None,
) -> list[Slot]:
    """One slot for each independent; parameters live in a dictionary of bound arguments."""
    bound = inspect.signature(f).bind(*args, **kwargs)
    bound.apply_defaults()
    values = dict(bound.arguments)
    if wrt is None:
        positions = argnums if isinstance(argnums, tuple) else (argnums,)
        names = list(values)
        return [Slot(values, names[position]) for position in positions]
    return [slot_of(f, values, name) for name in ((wrt,) if isinstance(wrt, str) else wrt)]


def slot_of(f: Callable[..., Any], values: dict[str, Any], name: str) -> Slot:
    """The slot of a parameter, a closure variable or a global of `f`."""
    if name in values:
        return Slot(values, name)
    assert isinstance(f, FunctionType)
    if name in f.__code__.co_freevars:
        assert f.__closure__ is not None
        return Slot(f.__closure__[f.__code__.co_freevars.index(name)], None)
    return Slot(f.__globals__, name)


@contextmanager
def holding(slots: Sequence[Slot], values: Sequence[Any]) -> Iterator[None]:
    """Give the slots other values for a while."""
    old = [slot.read() for slot in slots]
    try:
        for slot, value in zip(slots, values, strict=True):
            slot.write(value)
        yield
    finally:
        for slot, value in zip(slots, old, strict=True):
            slot.write(value)


def as_function_of_slots(
    f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], slots: Sequence[Slot]
) -> Callable[[tuple[Any, ...]], Any]:
    """`f` as a function of the tuple of its independents, everything else held."""
    signature = inspect.signature(f)

    def call(values: tuple[Any, ...]) -> Any:
        with holding(slots, values):
            bound = signature.bind(*copy.deepcopy(tuple(args)), **copy.deepcopy(dict(kwargs)))
            bound.apply_defaults()
            for slot in slots:
                if slot.key in bound.arguments and isinstance(slot.holder, dict):
                    bound.arguments[slot.key] = slot.read()
            return f(*bound.args, **bound.kwargs)

    return call


def reference_gradient(
    f: Callable[..., Any],
    args: Sequence[Any],
    argnums: Argnums = 0,
    *,
    kwargs: Mapping[str, Any] | None = None,
    wrt: Names | None = None,
) -> Tree:
    """What `check_gradient` compares with: central differences in the structure of the inputs."""
    slots = make_slots(f, args, kwargs or {}, argnums, wrt)
    values = tuple(slot.read() for slot in slots)
    result = numeric_gradient(as_function_of_slots(f, args, kwargs or {}, slots), values)
    return result if isinstance(argnums if wrt is None else wrt, tuple) else result[0]


# what is asserted ---------------------------------------------------------------------------------


def assert_numbers(
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    slots: Sequence[Slot],
    results: tuple[Any, ...],
    rtol: float,
    atol: float,
) -> None:
    """Compare with central differences: by element where there are few, along directions always."""
    call = as_function_of_slots(f, args, kwargs, slots)
    values = tuple(slot.read() for slot in slots)
    narrow = any(getattr(leaf, "dtype", None) == np.float32 for _, leaf in leaves(values))
    rtol, atol = (max(rtol, 2e-4), max(atol, 2e-4)) if narrow else (rtol, atol)
    for measured, predicted in directional(call, values, results):
        assert_close(predicted, measured, rtol, atol, "directional derivative")
    if sum(np.size(leaf) for _, leaf in leaves(values) if is_real(leaf)) > ELEMENTWISE_LIMIT:
        return
    want = dict(leaves(numeric_gradient(call, values)))
    for where, bar in leaves(results):
        if want.get(where) is not None:
            assert_close(bar, want[where], rtol, atol, f"gradient{where}")


def assert_close(
    got: Any, want: Any, rtol: float = 1e-12, atol: float = 0.0, what: str = "value"
) -> None:
    """Two numbers or arrays agree within tolerances, and in shape."""
    assert np.shape(got) == np.shape(want), f"{what}: shape {np.shape(got)}, not {np.shape(want)}"
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol, err_msg=what)


def assert_matches(bar: Tree, value: Tree, path: str = "gradient") -> None:
    """A gradient has the containers, shapes and dtypes of what it is with respect to."""
    parts = children(value)
    if parts is not None:
        assert type(bar) is type(value), f"{path}: {type(bar).__name__}, not {type(value).__name__}"
        found = children(bar)
        assert found is not None
        assert [step for step, _ in found] == [step for step, _ in parts], f"{path}: other parts"
        for (step, inner_bar), (_, inner) in zip(found, parts, strict=True):
            assert_matches(inner_bar, inner, path + step)
    elif isinstance(value, np.ndarray | np.generic) and is_real(value):
        assert isinstance(bar, np.ndarray | np.generic), f"{path}: a {type(bar).__name__}"
        assert np.shape(bar) == np.shape(value), f"{path}: shape {np.shape(bar)}"
        assert bar.dtype == value.dtype, f"{path}: dtype {bar.dtype}, not {value.dtype}"
    elif is_real(value):
        allowed = float if isinstance(value, float) else (int, float)
        assert isinstance(bar, allowed), (
            f"{path}: {type(bar).__name__} for a {type(value).__name__}"
        )


def assert_independent(results: Tree, arguments: Tree) -> None:
    """No array of the results shares memory with an argument or another result, nor with itself."""
    made = arrays(results, "result")
    given = arrays(arguments, "argument")
    for k, (path, array) in enumerate(made):
        assert array.flags.writeable, f"{path} is read-only: its elements share memory"
        for other_path, other in made[k + 1 :] + given:
            shared = np.shares_memory(array, other)
            assert not shared, f"{path} shares memory with {other_path}"


# examples -----------------------------------------------------------------------------------------


def load_example(name: str, *, fresh: bool = False) -> ModuleType:
    """Import `examples/<name>.py` without running its `main`; once, or a fresh copy of it."""
    key = f"fresh_examples.{name}" if fresh else f"examples.{name}"
    if key in sys.modules and not fresh:
        return sys.modules[key]
    spec = importlib.util.spec_from_file_location(key, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[key] = module
    spec.loader.exec_module(module)
    return module
