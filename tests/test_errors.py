"""What srcgrad refuses: the class of the error, its place in the source, and all that it says."""

from __future__ import annotations

import collections
import copy
import functools
import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import error_cases
import numpy as np
import pytest
from error_cases import BAD_ARGUMENTS, MISTAKES, REFUSALS, Plain, Refusal, product, total

import srcgrad
from srcgrad import (
    ArgumentError,
    NoRuleError,
    SourceError,
    SrcgradError,
    UnsupportedError,
    grad,
    value_and_grad,
)
from support.errors import assert_at, assert_complete, internal_frames, place, raised_by


def assert_on_purpose(error: Exception | None) -> SrcgradError:
    """Assert that the error is a refusal, and not a bug that is caught and reported."""
    assert error is not None
    assert type(error) is not SrcgradError, str(error)
    assert isinstance(error, SrcgradError), f"{type(error).__name__}: {error}"
    return assert_complete(error, type(error))


# the source --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_refusal(case: Refusal) -> None:
    error = raised_by(lambda: grad(case.function, **case.options)(*case.args))
    error = assert_complete(error, case.error)
    assert case.words in str(error)

    assert_at(error, case.place or case.function)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_refused_again(case: Refusal) -> None:
    """A refusal leaves nothing behind that a second call would run into."""
    gradient = value_and_grad(case.function, **case.options)
    errors = [raised_by(lambda: gradient(*case.args)) for _ in range(2)]
    assert all(isinstance(error, case.error) for error in errors)
    assert str(errors[0]) == str(errors[1])
    assert len(gradient.variants) == 0


def test_enough() -> None:
    assert len(REFUSALS) >= 115
    assert len({case.name for case in REFUSALS}) == len(REFUSALS)


# mistakes of the user's --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args"), MISTAKES, ids=[function.__name__ for function, _ in MISTAKES]
)
def test_mistake(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """What fails without srcgrad fails with it, in the same way or with a refusal.

    The gradient alone need not compute the value, and so may not meet the mistake.
    """
    own = raised_by(lambda: function(*args))
    with_value = raised_by(lambda: value_and_grad(function)(*args))
    alone = raised_by(lambda: grad(function)(*args))
    assert own is not None
    assert with_value is not None
    for error in (with_value, alone):
        if isinstance(error, SrcgradError):
            assert assert_on_purpose(error).location is not None
        elif error is not None:
            assert type(error) is type(own), f"{type(error).__name__}: {error}"
            assert internal_frames(error) == []


def test_own_exception_with_its_arguments() -> None:
    error = raised_by(lambda: grad(error_cases.fails_its_assertion)(1.0))
    assert isinstance(error, AssertionError)
    assert error.args == ("x is too small",)


# what only a run can tell -------------------------------------------------------------------------


def writes_into_the_first(x: Any, y: Any) -> Any:
    x[0] = y[1]
    return np.sum(x * y)


def writes_into_the_second(x: Any, y: Any) -> Any:
    y *= 2.0
    return np.sum(x * y)


def writes_into_an_element(x: Any, y: Any) -> Any:
    y[0][1] = x[0]
    return np.sum(x * y[0])


def writes_into_a_reshape(x: Any) -> Any:
    y = x.reshape(-1)
    y[1] = 2.0
    return np.sum(x**2)


def writes_into_a_reshape_of_its_own(x: Any) -> Any:
    z = np.transpose(x * 2.0)
    y = np.reshape(z, 6)
    y[1] = 2.0
    return np.sum(z**2)


def writes_into_a_ravel(x: Any) -> Any:
    y = np.ravel(x)
    y += 1.0
    return np.sum(x**2)


def of_a_run() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]]:
    """Functions, arguments that they are right for, others that they are not, and why."""
    x, m = np.array([0.3, -1.2, 0.8]), np.arange(6.0).reshape(2, 3)
    shared, copied = "share memory that is written into", "is a copy here"
    return {
        "the same array twice": (writes_into_the_first, (x, x), shared),
        "an array and a part of it": (writes_into_the_first, (x[:2], x[1:]), shared),
        "the second written into": (writes_into_the_second, (x, x[::-1]), shared),
        "an array in a list": (writes_into_an_element, (x, [x]), shared),
        "a reshape of columns": (writes_into_a_reshape, (m.T,), f"reshape of x {copied}"),
        "a reshape of a part": (writes_into_a_reshape, (m[:, :2],), f"reshape of x {copied}"),
        "a reshape of a local": (writes_into_a_reshape_of_its_own, (m,), f"reshape of z {copied}"),
        "a ravel of columns": (writes_into_a_ravel, (m.T,), f"ravel of x {copied}"),
    }


@pytest.mark.parametrize(("function", "args", "says"), of_a_run().values(), ids=of_a_run())
def test_refusal_in_a_run(function: Callable[..., Any], args: tuple[Any, ...], says: str) -> None:
    """What depends on where arrays lie is refused by the generated code, with a ValueError."""
    kept = copy.deepcopy(args)
    for call in (grad(function), value_and_grad(function)):
        error = raised_by(functools.partial(call, *args))
        assert type(error) is ValueError, f"{type(error).__name__}: {error}"
        assert says in str(error)
        assert internal_frames(error) == []
    assert repr(args) == repr(kept)


def test_no_refusal_in_a_run_without_a_reason() -> None:
    x, m = np.array([0.3, -1.2, 0.8]), np.arange(6.0).reshape(2, 3)
    assert list(grad(writes_into_the_first)(x, x.copy())) == [0.0, *x[1:]]
    assert list(grad(writes_into_the_second)(x, x.copy())) == list(2.0 * x)
    assert grad(writes_into_a_reshape)(m).tolist() == [[0.0, 0.0, 4.0], [6.0, 8.0, 10.0]]


# arguments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_bad_argument(value: Any) -> None:
    error = assert_complete(raised_by(lambda: grad(total)(value)), ArgumentError)
    assert "'x'" in error.what
    assert isinstance(error, TypeError)


def test_matrix() -> None:
    with warnings.catch_warnings(action="ignore"):
        matrix = np.matrix([[1.0, 2.0]])
    error = assert_complete(raised_by(lambda: grad(total)(matrix)), ArgumentError)
    assert "matrix" in error.what


@pytest.mark.parametrize("value", [np.arange(3), np.array([True])], ids=["int", "bool"])
def test_fix_of_int_array(value: Any) -> None:
    error = assert_complete(raised_by(lambda: grad(total)(value)), ArgumentError)
    assert "x.astype(float)" in error.fix


def test_second_of_two_arguments() -> None:
    call = grad(product, argnums=(0, 1))
    error = assert_complete(raised_by(lambda: call(1.0, "text")), ArgumentError)
    assert "'y'" in error.what


def test_argument_by_default() -> None:
    def scaled(x: Any, factor: Any = None) -> Any:
        return x if factor is None else x * factor

    error = assert_complete(raised_by(lambda: grad(scaled, argnums=1)(1.0)), ArgumentError)
    assert "'factor'" in error.what


NAMES: dict[str, Any] = {
    "unknown": "z",
    "one of two unknown": ("x", "z"),
    "function": "grad",
    "own name": "product",
    "empty": "",
    "no names": (),
    "a number": 3,
    "a name and a number": ("x", 3),
    "a set": {"x"},
}


@pytest.mark.parametrize("wrt", NAMES.values(), ids=NAMES)
def test_names(wrt: Any) -> None:
    assert_complete(raised_by(lambda: grad(product, wrt=wrt)(1.0, 2.0)), ArgumentError)


def test_global_that_is_not_read() -> None:
    function = error_cases.reads_counter
    error = assert_complete(raised_by(lambda: grad(function, wrt="V3")(1.0)), ArgumentError)
    assert "V3" in error.what
    assert "counter" in error.why


POSITIONS: dict[str, Any] = {
    "too large": 2,
    "too small": -3,
    "one of two too large": (0, 2),
    "bool": True,
    "bool in a tuple": (0, True),
    "empty tuple": (),
    "empty list": [],
    "text": "x",
    "float": 0.0,
    "float in a tuple": (0, 1.0),
    "name in a tuple": (0, "y"),
    "set": {0},
    "array": np.array([0, 1]),
}


@pytest.mark.parametrize("argnums", POSITIONS.values(), ids=POSITIONS)
def test_positions(argnums: Any) -> None:
    error = assert_complete(raised_by(lambda: grad(product, argnums)), ArgumentError)
    assert "argnums" in error.what


def test_position_of_decorator() -> None:
    decorate = grad(argnums=5)
    assert_complete(raised_by(lambda: decorate(product)), ArgumentError)


def test_no_parameters() -> None:
    error = assert_complete(raised_by(lambda: grad(lambda: 1.0)), ArgumentError)
    assert "none" in error.why


TWICE: dict[str, dict[str, Any]] = {
    "argnums and wrt": {"argnums": 0, "wrt": "x"},
    "argnum and wrt": {"argnum": 0, "wrt": "x"},
    "argnums and argnum": {"argnums": 0, "argnum": 1},
}


@pytest.mark.parametrize("options", TWICE.values(), ids=TWICE)
def test_said_twice(options: dict[str, Any]) -> None:
    assert_complete(raised_by(lambda: grad(product, **options)), ArgumentError)
    assert_complete(raised_by(lambda: value_and_grad(**options)(product)), ArgumentError)


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {}), ((1.0, 2.0, 3.0), {}), ((1.0, 2.0), {"z": 3.0})]
)
def test_call_that_does_not_fit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The gradient has the parameters of the function, and Python's own error for other calls."""
    error = raised_by(lambda: grad(product)(*args, **kwargs))
    assert type(error) is TypeError
    assert "product" in str(error)
    assert internal_frames(error) == []


# functions without source ------------------------------------------------------------------------


def made_by_exec() -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec("def made(x):\n    return x * x", space)
    made: Callable[..., Any] = space["made"]
    return made


def loses_its_code() -> Callable[..., Any]:
    def original(x: Any) -> Any:
        return x * x

    def other(x: Any) -> Any:
        return x * x * x

    original.__code__ = other.__code__.replace(co_firstlineno=1, co_name="original")
    return original


WITHOUT_SOURCE: dict[str, Any] = {
    "builtin": len,
    "math": math.factorial,
    "ufunc": np.isnat,
    "array function": np.lexsort,
    "bound builtin": [].append,
    "partial": functools.partial(product, 1.0),
    "vectorize": np.vectorize(product),
    "cached": functools.lru_cache(product),
    "object": Plain(2.0),
    "exec": made_by_exec(),
    "eval": eval("lambda x: x * x"),
    "changed": loses_its_code(),
}


@pytest.mark.parametrize("function", WITHOUT_SOURCE.values(), ids=WITHOUT_SOURCE)
def test_without_source(function: Any) -> None:
    assert_complete(raised_by(lambda: grad(function)(1.0)), SourceError)


def test_object_with_a_call() -> None:
    """The method of an object that can be called has source."""
    assert grad(Plain(3.0).__call__)(1.0) == 3.0


NO_FUNCTIONS: dict[str, Any] = {
    "number": 3,
    "text": "product",
    "list": [product],
    "module": math,
    "class": Plain,
    "type": int,
    "property": property(product),
    "classmethod": classmethod(product),
}


@pytest.mark.parametrize("function", NO_FUNCTIONS.values(), ids=NO_FUNCTIONS)
def test_not_a_function(function: Any) -> None:
    for call in (lambda: grad(function), lambda: grad()(function), lambda: grad(function, wrt="x")):
        assert_complete(raised_by(call), ArgumentError)
    for show in (srcgrad.source, srcgrad.stages):
        assert_complete(raised_by(functools.partial(show, function)), ArgumentError)


def test_two_lambdas_on_a_line() -> None:
    pair = [lambda x: x * x, lambda x: x * x]
    assert [grad(f)(3.0) for f in pair] == [6.0, 6.0]


def test_numba_dispatcher() -> None:
    numba = pytest.importorskip("numba")
    assert grad(numba.njit(product))(2.0, 3.0) == 3.0
    square = numba.njit(lambda v: v * v)
    assert grad(lambda x: 2.0 * square(x))(3.0) == 12.0
    error = raised_by(lambda: grad(numba.vectorize(product))(2.0, 3.0))
    assert_complete(error, SourceError)


# the other functions of the interface ------------------------------------------------------------


@pytest.mark.parametrize("show", [srcgrad.source, srcgrad.stages], ids=lambda show: show.__name__)
def test_refusals_when_shown(show: Callable[..., Any]) -> None:
    assert_complete(raised_by(lambda: show(error_cases.in_try_star, 1.0)), UnsupportedError)
    assert_complete(raised_by(lambda: show(total, "text")), ArgumentError)
    assert_complete(raised_by(lambda: show(total, 1.0, argnums=3)), ArgumentError)
    assert_complete(raised_by(lambda: show(made_by_exec(), 1.0)), SourceError)


def test_refusals_without_examples() -> None:
    assert_complete(raised_by(lambda: srcgrad.source(error_cases.in_try_star)), UnsupportedError)
    gradient = grad(error_cases.in_try_star)
    assert_complete(raised_by(lambda: gradient.source), UnsupportedError)
    assert "try" in str(gradient)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_source_of_refused(case: Refusal) -> None:
    """Without arguments, a function may be refused for more reasons, but for no other kind."""
    error = raised_by(lambda: srcgrad.source(case.function))
    if error is not None:
        assert_on_purpose(error)


# the errors themselves ---------------------------------------------------------------------------


def test_classes() -> None:
    for kind in (ArgumentError, SourceError, UnsupportedError):
        assert issubclass(kind, SrcgradError)
    assert issubclass(ArgumentError, TypeError)


def test_pickled() -> None:
    error = raised_by(lambda: grad(error_cases.in_try_star)(1.0))
    assert isinstance(error, SrcgradError)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is UnsupportedError
    assert str(again) == str(error)
    assert again.location == error.location


def test_column_in_characters() -> None:
    def wide(x: Any) -> Any:
        return len("ÄÖÜ") * sum({v for v in x})  # here: {v

    error = raised_by(lambda: grad(wide)((1.0, 2.0)))
    assert isinstance(error, NoRuleError)
    assert error.location is not None
    assert (error.location.line, error.location.column + 1) == place(wide)


@pytest.mark.parametrize(
    "part", [np.ma.array([1.0, 2.0]), np.rec.array([1.0]), collections.OrderedDict(v=1.0)], ids=type
)
def test_parts_of_another_make(part: Any) -> None:
    """Parts whose structure srcgrad does not know must not come back as their own gradient."""
    error = raised_by(lambda: grad(lambda p: np.sum(p["b"] ** 2))({"w": part, "b": 1.0}))
    assert type(part).__name__ in assert_complete(error, ArgumentError).what
