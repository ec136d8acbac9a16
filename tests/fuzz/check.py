"""A random program against what is promised: right numbers, or a refusal that says where."""

from __future__ import annotations

import ast
import copy
import importlib.util
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import srcgrad
from fuzz.generate import Program
from srcgrad.errors import SrcgradError
from support import assert_independent, assert_matches, assert_same
from support.numeric import moved, slope
from support.trees import Tree, is_real, leaves, map_leaves

STEP = 1e-3
LARGE = 1e6

Arguments = tuple[Any, ...]


class NoVerdictError(Exception):
    """The program says nothing: it fails by itself, or its numbers are too large."""


class BrokenPromiseError(AssertionError):
    """A promise is broken; the message shows the program and the generated source."""


_numbers = itertools.count()


def load(text: str) -> ModuleType:
    """The program as a module in a file of its own."""
    folder = Path(tempfile.gettempdir()) / "srcgrad_fuzz"
    folder.mkdir(exist_ok=True)
    handle, path = tempfile.mkstemp(".py", "program", folder, text=True)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    spec = importlib.util.spec_from_file_location(f"fuzz_program_{next(_numbers)}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    Path(path).unlink()
    return module


def check(program: Program) -> str:
    """Check one program; "right" or "refused", NoVerdictError or BrokenPromiseError otherwise."""
    made: list[Any] = []
    try:
        module = load_with_lines(program.text)
        primal_value(module.main, module.ARGS)
        made += [
            srcgrad.grad(module.main, program.argnums),
            srcgrad.value_and_grad(module.main, program.argnums),
        ]
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            check_module(module, program.argnums, *made)
    except SrcgradError as error:
        return refusal(program, error)
    except NoVerdictError:
        raise
    except Exception as error:
        raise BrokenPromiseError(report(program, made, error)) from error
    return "right"


def load_with_lines(text: str) -> ModuleType:
    """Load a program, and keep its lines where `inspect` looks for them."""
    import linecache

    module = load(text)
    assert module.__file__ is not None
    entry = (len(text), None, text.splitlines(keepends=True), module.__file__)
    linecache.cache[module.__file__] = entry
    return module


def refusal(program: Program, error: SrcgradError) -> str:
    """A refusal must be one on purpose, and say where."""
    if "bug in srcgrad" in str(error) or error.location is None:
        raise BrokenPromiseError(report(program, [], error)) from error
    return "refused"


def report(program: Program, made: Sequence[Any], error: Exception) -> str:
    """Everything needed to see the failure: the program, the generated source, the error."""
    variants = [variant.source for gradient in made for variant in gradient.variants]
    source = "\n".join(variants) or "none was generated"
    call = f"grad(main, {program.argnums})(*ARGS)"
    title = f"{type(error).__name__}: {error}"
    return f"{title}\n\n--- program: {call}\n{program.text}\n--- generated\n{source}"


# one program --------------------------------------------------------------------------------------


def check_module(
    module: ModuleType, argnums: int | tuple[int, ...], gradient: Any, both: Any
) -> None:
    """Check the sample call, then the same gradient function on other values and shapes."""
    check_call(module.main, module.ARGS, argnums, gradient, both)
    check_source(module, argnums, gradient)
    for change in (other_values, longer, of_length_one, from_length_one):
        args = change(module.ARGS)
        if args is None:
            continue
        try:
            primal_value(module.main, args)
        except NoVerdictError:
            continue
        check_call(module.main, args, argnums, gradient, both)


def primal_value(f: Callable[..., Any], args: Arguments) -> float:
    """The program's own value, if it has one of use."""
    try:
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            result = np.asarray(f(*copy.deepcopy(args)))
            number = float(result.reshape(()).item())
    except Exception as error:
        raise NoVerdictError(f"{type(error).__name__}: {error}") from error
    if not np.isfinite(number) or abs(number) > LARGE:
        raise NoVerdictError(f"a value of {number}")
    return number


def check_call(
    f: Callable[..., Any],
    args: Arguments,
    argnums: int | tuple[int, ...],
    gradient: Any,
    both: Any,
) -> None:
    """Everything that is promised of one call: of the gradient, and of it with the value."""
    before = copy.deepcopy(args)
    result = gradient(*args)
    assert_same(before, args, "argument")
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    results = result if isinstance(argnums, tuple) else (result,)
    where = tuple(args[position] for position in positions)
    assert len(results) == len(where), f"{len(results)} results"
    assert_matches(results, where)
    assert_independent(results, (args, where))
    assert_same(result, gradient(*args), "second call")
    value, again = both(*args)
    wanted = f(*copy.deepcopy(args))
    np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5, err_msg="value")
    assert np.shape(value) == np.shape(wanted), f"value of shape {np.shape(value)}"
    assert_near(again, result, "value_and_grad")
    assert_slopes(f, args, positions, results)


def assert_near(one: Tree, two: Tree, what: str) -> None:
    for (path, a), (_, b) in zip(leaves(one), leaves(two), strict=True):
        if is_real(a):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6, err_msg=what + path)


def check_source(module: ModuleType, argnums: int | tuple[int, ...], gradient: Any) -> None:
    """The source is the same when it is made again, parses, and has lines of a fair length."""
    first = gradient.source
    ast.parse(first)
    again = srcgrad.grad(module.main, argnums)
    again(*module.ARGS)
    assert again.source == first, f"another source the second time:\n{again.source}"
    space = {name: item for name, item in vars(module).items() if not name.startswith("__")}
    exec(compile(first, "<generated>", "exec"), space)


# numbers ------------------------------------------------------------------------------------------


def widened(tree: Tree) -> Tree:
    """Floats of every precision in double precision; ints stay."""

    def widen(_: str, leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray | np.generic) and is_real(leaf):
            return np.array(leaf, dtype=float) if np.ndim(leaf) else float(leaf)
        return leaf

    return map_leaves(widen, tree)


def has_single(tree: Tree) -> bool:
    return any(getattr(leaf, "dtype", None) == np.float32 for _, leaf in leaves(tree))


def assert_slopes(
    f: Callable[..., Any], args: Arguments, positions: Sequence[int], results: Sequence[Any]
) -> None:
    """Compare with slopes along random directions where the function is smooth."""
    wide = widened(args)
    single = has_single(args)
    if single and abs(primal_value(f, wide) - primal_value(f, args)) > 1e-3:
        return
    rng = np.random.default_rng(1)
    for position, bar in zip(positions, results, strict=True):
        call = as_function_of(f, wide, position)
        bars = dict(leaves(bar))
        for path, leaf in leaves(widened(args[position])):
            if is_real(leaf):
                directions = axes(rng, np.shape(leaf))
                for direction in directions:
                    predicted = float(np.sum(np.asarray(bars[path], dtype=float) * direction))
                    tree = wide[position]
                    assert_slope(call, tree, path, direction, predicted, single, position)


def axes(rng: np.random.Generator, shape: tuple[int, ...]) -> Iterator[Any]:
    """Two random directions and a few single elements."""
    if shape == ():
        yield 1.0
        return
    for _ in range(2):
        direction = rng.standard_normal(shape)
        yield direction / max(float(np.sqrt(np.sum(direction**2))), 1e-12)
    for index in itertools.islice(np.ndindex(shape), 4):
        unit = np.zeros(shape)
        unit[index] = 1.0
        yield unit


def as_function_of(f: Callable[..., Any], args: Arguments, position: int) -> Callable[[Tree], Any]:
    def call(value: Tree) -> Any:
        given = [*copy.deepcopy(args)]
        given[position] = copy.deepcopy(value)
        return f(*given)

    return call


def assert_slope(
    f: Callable[[Tree], Any],
    tree: Tree,
    path: str,
    direction: Any,
    predicted: float,
    single: bool,
    position: int,
) -> None:
    """Compare one slope, if two steps agree on it and no kink is near."""
    measured = smooth_slope(f, tree, path, direction)
    if measured is None:
        return
    tolerance = (2e-3 if single else 2e-6) * (1.0 + abs(measured))
    where = f"gradient {position}{path}, along {np.asarray(direction).tolist()}"
    assert abs(measured - predicted) <= tolerance, f"{where}: {predicted}, not {measured}"


def smooth_slope(f: Callable[[Tree], Any], tree: Tree, path: str, direction: Any) -> float | None:
    try:
        slopes = [slope(f, tree, path, direction, step) for step in (STEP, STEP / 4)]
        bends = [bend(f, tree, path, direction, step) for step in (STEP, STEP / 4, STEP / 64)]
    except (ArithmeticError, ValueError, IndexError, UnboundLocalError):
        return None
    scale = 1.0 + abs(slopes[1])
    if not np.all(np.isfinite(slopes)) or abs(slopes[0] - slopes[1]) > 4e-7 * scale:
        return None
    kink = bends[1] > 1e-5 * scale and bends[1] > 0.6 * bends[0]
    return None if kink or bends[2] > 1e-3 * scale else slopes[1]


def bend(f: Callable[[Tree], Any], tree: Tree, path: str, direction: Any, step: float) -> float:
    """How far the slopes to the left and to the right are apart."""
    ahead, here, behind = (
        float(np.asarray(f(moved(tree, path, k * step * direction))).item()) for k in (1, 0, -1)
    )
    return abs(ahead - 2 * here + behind) / step


# other arguments ----------------------------------------------------------------------------------


def other_values(args: Arguments) -> Arguments:
    """Other numbers of the same kinds: other branches are taken, loops run longer."""
    count = itertools.count(1)

    def change(_: str, leaf: Any) -> Any:
        if isinstance(leaf, bool):
            return not leaf
        if isinstance(leaf, int):
            return leaf + 1
        if isinstance(leaf, np.ndarray):
            moves = np.reshape([np.cos(2.3 * next(count)) for _ in range(leaf.size)], leaf.shape)
            return (leaf * 0.6 - moves).astype(leaf.dtype)
        return type(leaf)(leaf * 0.6 - np.cos(2.3 * next(count)))

    changed: Arguments = map_leaves(change, args)
    return changed


def longer(args: Arguments) -> Arguments | None:
    return resized(args, {2: 4, 3: 5})


def of_length_one(args: Arguments) -> Arguments | None:
    return resized(args, {3: 1})


def from_length_one(args: Arguments) -> Arguments | None:
    return resized(args, {1: 3})


def resized(args: Arguments, sizes: dict[int, int]) -> Arguments | None:
    """The arguments with some lengths changed everywhere; None if that changes nothing."""
    changes = 0

    def change(_: str, leaf: Any) -> Any:
        nonlocal changes
        if not isinstance(leaf, np.ndarray):
            return leaf
        shape = tuple(sizes.get(size, size) for size in leaf.shape)
        changes += shape != leaf.shape
        repeated = np.resize(leaf, shape) + 0.01 * np.arange(np.prod(shape)).reshape(shape)
        return repeated.astype(leaf.dtype)

    result: Arguments = map_leaves(change, args)
    return result if changes else None
