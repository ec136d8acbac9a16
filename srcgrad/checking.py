"""Check derivatives against differences, and name the statement whose rule is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from srcgrad.comparing import DERIVATIVES, Forward, Options, Reverse, Worst, worst_of
from srcgrad.differences import Program, flattened
from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import signature_of
from srcgrad.making import makes_derivatives
from srcgrad.trees import leaves, map_leaves
from srcgrad.writing import as_function

MODES: tuple[str, ...] = ("fwd", "rev")


class GradientMismatchError(SrcgradError, AssertionError):
    """A derivative differs from the differences of its function, or the function has none.

    Attributes, beside those of every `SrcgradError`: `modes`, from the innermost to the outermost,
    as in ("fwd", "rev") for reverse over forward, and `order`, how many they are; `entry`, the
    number that is moved, as in "params['w'][2, 0]" ("" if it is not known which); the numbers
    `derivative`, `difference` and `tolerance`; `differentiable`, False where the differences from
    both sides stay apart, so that no derivative is right.  `operation` is the one whose derivative
    is wrong by itself, such as "np.tanh", and `location` the user's statement that it is in; "" and
    None if all operations that can be checked alone are right.
    """

    modes: tuple[str, ...] = ()
    entry: str = ""
    operation: str = ""
    derivative: float = np.nan
    difference: float = np.nan
    tolerance: float = np.nan
    differentiable: bool = True

    @property
    def order(self) -> int:
        """How often the function was differentiated."""
        return len(self.modes)

    def __reduce__(self) -> tuple[object, ...]:
        return (*super().__reduce__(), self.__dict__)


@makes_derivatives
def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any] | None = None,
    order: int = 2,
    modes: Sequence[str] = MODES,
    atol: float | None = None,
    rtol: float | None = None,
    eps: float | None = None,
) -> Any:
    """Compare the derivatives of a function with central differences, in every mode and order.

    Args:
        f: the function; it may return any tree of floats and arrays.
        args: the tuple of its arguments.  Those that hold floats (trees of floats and arrays of
            any shapes) are differentiated, all at once; ints, bools, arrays of ints, strings,
            functions and None stay as they are.  Left out, the check itself is returned, which
            takes the arguments: `check_grads(f, order=1)(x, y)`, as in autograd.
        order: how often to differentiate.  All compositions of modes are checked, such as reverse
            over forward: 6 derivatives for order 2 and both modes, 14 for order 3.
        modes: "fwd", "rev" or a sequence of them.
        atol: how large a difference may be anywhere; by default `rtol` times the largest number of
            the derivative in the same array, so that small derivatives are checked as well.
        rtol: how large a difference may be relative to the number; by default 1e-5 for float64,
            2e-3 for float32 and 0.05 for float16: that of the narrowest floats among the arguments
            and the results.  The uncertainty of the difference itself is added to both.
        eps: the step of the differences, relative to the size of what is moved (at least 1).  By
            default the one of 1e-8 ... 1e-3 whose halving changes the least.

    Derivatives are computed in the dtypes of the arguments, as in a program, and differences
    always in float64: float32 arguments are cast up for them.  Those of order n are compared with
    differences of the derivative of order n - 1, which was checked before.  Along with a random
    direction, each number is moved by itself if there are at most 32.

    Returns:
        None, if all derivatives are right.

    Raises:
        GradientMismatchError: an AssertionError that says which entry of which derivative is wrong,
            and names the statement of the user's whose own derivative is wrong, if there is one.
            It says so where the function is not differentiable: at a kink or a jump.
        ArgumentError: for arguments that hold no float, and for bad options.
        SrcgradError: if the function cannot be differentiated in one of the modes.

    Examples:
        >>> import numpy as np
        >>> import srcgrad
        >>> srcgrad.check_grads(lambda x, y: np.sum(np.sin(x) * y), (np.ones((3, 2)), 2.0))
        >>> srcgrad.check_grads(lambda x: x**3, modes="rev", order=3)(2.0)
    """
    options = _options(order, modes, atol, rtol, eps)
    if args is None:
        return lambda *given: _check(f, given, options)
    if not isinstance(args, tuple | list):
        raise ArgumentError(
            f"args of type {type(args).__name__}",
            why="args is the tuple of all arguments of the function",
            fix="write check_grads(f, (x,), ...), or check_grads(f, ...)(x)",
        )
    return _check(f, tuple(args), options)


# options and arguments ----------------------------------------------------------------------------


def _options(order: Any, modes: Any, atol: Any, rtol: Any, eps: Any) -> Options:
    if not isinstance(order, int) or isinstance(order, bool) or order < 1:
        raise ArgumentError(
            f"order={order!r}", why="it says how often to differentiate", fix="order=1 or order=2"
        )
    chosen = tuple(modes) if isinstance(modes, list | tuple | set) else (modes,)
    if not chosen or not all(mode in MODES for mode in chosen):
        raise ArgumentError(
            f"modes={modes!r}",
            why='there are the modes "fwd" (jvp) and "rev" (vjp, grad)',
            fix='modes=("fwd", "rev")',
        )
    for name, number in {"atol": atol, "rtol": rtol, "eps": eps}.items():
        _check_positive(name, number)
    return Options(order, chosen, atol, rtol, eps)


def _check_positive(name: str, number: Any) -> None:
    real = isinstance(number, int | float | np.number) and not isinstance(number, bool)
    if number is not None and not (real and (number > 0 or (number == 0 and name != "eps"))):
        raise ArgumentError(
            f"{name}={number!r}", why="it must be a positive number", fix=f"{name}=1e-4, say"
        )


def _check(f: Any, args: tuple[Any, ...], options: Options) -> None:
    function = _with_names(f, args)
    varied = tuple(i for i, arg in enumerate(args) if _varies(arg))
    if not varied:
        raise ArgumentError(
            "arguments that hold no float",
            why="ints, bools and strings are not differentiated",
            fix="pass floats or arrays of floats, as in check_grads(f, (3.0,))",
        )
    program = Program(function, args, varied)
    for name, arg in _arguments(program).items():
        _check_leaves(name, arg)
    _check_result(program)
    try:
        check_program(program, options)
    except GradientMismatchError as error:
        raise _blaming(error, program, options).with_traceback(None) from None


def _blaming(
    error: GradientMismatchError, program: Program, options: Options
) -> GradientMismatchError:
    """The error with the operation that is to blame, if there is one."""
    from srcgrad.localising import culprit

    alone = replace(options, chain=error.modes, atol=None)
    found = culprit(program, lambda p: check_chain(p, alone, error.differentiable))
    if found is not None:
        error.operation, error.location = found.operation, found.location
        error.why += f"; alone, that of {found.operation} {_numbers(found.error)}"
        error.fix = BLAME[error.differentiable].format(found.operation)
    return error


def _with_names(f: Any, args: tuple[Any, ...]) -> Any:
    """The function, as one whose parameters all have names."""
    function = as_function(f)
    try:
        signature = signature_of(function)
        signature.bind(*args)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"a check of {f!r} with {len(args)} arguments",
            why=str(error) or "it cannot be called with them",
            fix="pass a function, and the tuple of all its positional arguments",
        ) from None
    stars = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
    return _spelled_out(function, len(args)) if stars else function


def _spelled_out(function: Any, number: int) -> Any:
    """A function with a parameter for each of its arguments."""
    from srcgrad.backend.load import load

    parameters = list(signature_of(function).parameters.values())
    own = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    star = next(p.name for p in parameters if p.kind is p.VAR_POSITIONAL)
    names = (own + [f"{star}_{i}" for i in range(number)])[:number]
    text = f"def check({', '.join(names)}):\n    return _function({', '.join(names)})\n"
    return load(text, "check", {"_function": function}, function.__name__)


def _varies(arg: Any) -> bool:
    """Whether an argument holds floats, or complex numbers, which are refused later on."""
    if isinstance(arg, np.ndarray | np.generic):
        return arg.dtype.kind in "fc"
    if isinstance(arg, dict):
        return any(map(_varies, arg.values()))
    if isinstance(arg, tuple | list):
        return any(map(_varies, arg))
    if is_dataclass(arg) and not isinstance(arg, type):
        return any(_varies(getattr(arg, field.name, None)) for field in fields(arg))
    return isinstance(arg, float | complex)


def _check_leaves(name: str, tree: Any) -> None:
    """Refuse trees that hold something else than floats, by the name that they have."""
    try:
        leaves(tree)
    except ArgumentError as error:
        what = error.what.replace(" at tree", f" at {name}", 1)
        raise ArgumentError(what, why=error.why, fix=error.fix) from None


def _check_result(program: Program) -> None:
    _check_leaves("result", program.result)
    if not np.all(np.isfinite(flattened(program.result))):
        raise ArgumentError(
            "a function whose result is not finite here",
            why="there are no differences of inf and NaN",
            fix="check it at another point",
        )


# levels -------------------------------------------------------------------------------------------


def check_program(program: Program, options: Options) -> None:
    """Check all modes at a level, each with the levels above it."""
    for mode in options.modes:
        higher = replace(options, chain=(*options.chain, mode), order=options.order - 1)
        derivative = DERIVATIVES[mode](program)
        worst = worst_of(derivative, higher)
        if worst is not None:
            raise _mismatch(derivative, higher, worst)
        if higher.order:
            check_program(derivative.program, higher)


def check_chain(program: Program, options: Options, smooth: bool) -> None:
    """Check one composition of modes from the innermost outwards, for derivatives that are wrong.

    If not `smooth`, it is checked for a place where there is no derivative.
    """
    for done, mode in enumerate(options.chain, 1):
        derivative = DERIVATIVES[mode](program)
        worst = worst_of(derivative, options)
        if worst is not None and worst.smooth == smooth:
            raise _mismatch(derivative, replace(options, chain=options.chain[:done]), worst)
        program = derivative.program


# messages -----------------------------------------------------------------------------------------


def _mismatch(derivative: Forward, options: Options, worst: Worst) -> GradientMismatchError:
    """The error for an entry that is wrong."""
    row, k = worst.row, worst.k
    numbers = float(row.derivative[k]), float(row.difference[k]), float(row.tolerance[k])
    entry = "" if row.place is None else _entry(_arguments(derivative.of), row.place)
    by = f"by {entry}" if entry else "along a random direction"
    error = GradientMismatchError(
        f"{options.subject}{_part(derivative, k)} {by} is {VERDICTS[worst.smooth]}",
        why=_why(worst, *numbers),
        fix=FIXES[worst.smooth],
    )
    error.modes, error.entry, error.differentiable = options.chain, entry, worst.smooth
    error.derivative, error.difference, error.tolerance = numbers
    return error


BLAME = {
    True: "correct the rule of {}, or report it if it is not yours",
    False: "check at another point; at kinks and jumps of {}, what is returned is a convention",
}
VERDICTS = {True: "wrong", False: "not defined: the function is not differentiable here"}
FIXES = {
    True: "no operation was found that is wrong alone: report the function and its arguments",
    False: "check at another point; at kinks and jumps, what is returned is a convention",
}


def _numbers(error: Any) -> str:
    return f"is {error.derivative:.10g}, not {error.difference:.10g}"


def _why(worst: Worst, derivative: float, difference: float, tolerance: float) -> str:
    text = f"it is {derivative:.10g}, and differences give {difference:.10g}"
    if worst.smooth:
        return f"{text}, with a tolerance of {tolerance:.2g}"
    return f"{text}, but others for ever smaller steps, or from either side"


def _part(derivative: Forward, k: int) -> str:
    """Which number of the result it is, if there are several."""
    result = derivative.of.result
    if isinstance(derivative, Reverse) or flattened(result).size == 1:
        return ""
    return f" of {_entry({'result': result}, k)}"


def _arguments(program: Program) -> dict[str, Any]:
    """The arguments that are moved, by the names of their parameters."""
    names = list(signature_of(program.function).parameters)
    return {names[i]: program.args[i] for i in program.varied}


def _entry(named: dict[str, Any], place: int) -> str:
    """A number among all numbers of some trees, as a user would write it."""
    for name, tree in named.items():
        for path, leaf in zip(_paths(name, tree), leaves(tree), strict=True):
            if place < np.size(leaf):
                index = ", ".join(str(i) for i in np.unravel_index(place, np.shape(leaf)))
                return f"{path}[{index}]" if index else path
            place -= np.size(leaf)
    raise IndexError(place)


def _paths(name: str, tree: Any) -> list[str]:
    """The text for each leaf of a tree, in the order of its leaves."""
    numbers = count()
    found = dict(_walk(name, map_leaves(lambda leaf: next(numbers), tree)))
    return [found[i] for i in range(len(found))]


def _walk(path: str, numbered: Any) -> Iterator[tuple[int, str]]:
    """The leaves of a tree, which are numbers, each with its path."""
    if isinstance(numbered, int):
        yield numbered, path
    for below, part in _parts(numbered):
        yield from _walk(path + below, part)


def _parts(tree: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a container, with what selects each."""
    if isinstance(tree, dict):
        yield from ((f"[{key!r}]", part) for key, part in tree.items())
    elif isinstance(tree, tuple | list) and not hasattr(tree, "_fields"):
        yield from ((f"[{i}]", part) for i, part in enumerate(tree))
    else:
        names: Any = getattr(tree, "_fields", getattr(tree, "__dataclass_fields__", ()))
        yield from ((f".{n}", getattr(tree, n)) for n in names if hasattr(tree, n))
