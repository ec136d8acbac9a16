"""adjoint_of: blocks that run in the reverse sweep."""

# ruff: noqa: F841 - blocks assign adjoints, which nothing behind them reads

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import NoRuleError, UnsupportedError, grad, jvp
from srcgrad import surgery as module
from srcgrad.surgery import adjoint_of
from srcgrad.surgery import adjoint_of as other_name
from support import assert_close, check_gradient

X = np.array([1.0, -2.0])
Z = 3.0


def doubled(x):
    with adjoint_of(x) as x_bar:
        x_bar = x_bar * 0.5
    return x * x


# what it does -------------------------------------------------------------------------------------


def test_print(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            print("adjoint", h_bar)
        return h * h

    assert grad(f)(3.0) == 24.0
    assert capsys.readouterr().out == "adjoint 12.0\n"
    assert f(3.0) == 36.0
    assert jvp(f, (3.0,), (1.0,)) == (36.0, 24.0)
    assert capsys.readouterr().out == ""


def test_assign() -> None:
    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            c = 3.0
            h_bar = c * np.clip(h_bar, -1.0, 1.0)
        c = 1.0
        return np.sum(h * h) * c

    assert_close(grad(f)(X), np.array([6.0, -6.0]))
    assert f(X) == 20.0


def test_change_in_place() -> None:
    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            h_bar[0] = 0.0
            h_bar *= 2.0
        return np.sum(h * h)

    assert_close(grad(f)(X), np.array([0.0, -32.0]))
    assert f(X) == 20.0


def test_on_arguments_and_several() -> None:
    def f(x, y):
        with adjoint_of(x) as x_bar:
            x_bar = x_bar * 2
        with adjoint_of(y) as y_bar:
            y_bar = y_bar * 3
        z = x * y
        with adjoint_of(z) as z_bar:
            z_bar = z_bar * 5
        return z

    assert grad(f, (0, 1))(2.0, 3.0) == (30.0, 30.0)
    assert f(2.0, 3.0) == 6.0


def test_two_on_one_variable_run_last_first() -> None:
    def f(x):
        h = x * 1.0
        with adjoint_of(h) as h_bar:
            h_bar = h_bar + 1
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * 10
        return h

    assert grad(f)(2.0) == 11.0


def test_uses_before_the_block_do_not_count() -> None:
    def f(x):
        h = x * 1.0
        a = h * 5.0
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * 10
        return h + a

    assert grad(f)(2.0) == 15.0


def test_in_a_loop() -> None:
    def f(x):
        h = x
        for _ in range(4):
            h = np.sin(h) * 1.5
            with adjoint_of(h) as h_bar:
                h_bar[:] = np.clip(h_bar, -0.1, 0.1)
        return np.sum(h)

    steps = [X]
    for _ in range(4):
        steps.append(np.sin(steps[-1]) * 1.5)
    bar = np.ones(2)
    for h in steps[3::-1]:
        bar = np.clip(bar, -0.1, 0.1) * 1.5 * np.cos(h)
    assert_close(grad(f)(X), bar)
    assert_close(f(X), np.sum(steps[4]))


def test_in_branches() -> None:
    def f(x, k):
        h = x * 2.0
        if k > 0:
            with adjoint_of(h) as h_bar:
                h_bar = h_bar * 10.0
        else:
            h = h * 3.0
        return h * h

    assert grad(f)(1.0, 1.0) == 80.0
    assert grad(f)(1.0, -1.0) == 72.0
    assert (f(1.0, 1.0), f(1.0, -1.0)) == (4.0, 36.0)


def test_branches_and_loops_inside() -> None:
    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            if h_bar > 1.0:
                h_bar = 1.0
            for _ in range(2):
                h_bar = h_bar * 2
        return h * h

    assert grad(f)(1.0) == 8.0
    assert_close(grad(f)(0.01), 0.32)


def test_in_nested_functions() -> None:
    def f(x, k):
        def g(a):
            b = a * a
            with adjoint_of(b) as b_bar:
                b_bar = b_bar * k
            return b

        return g(x) + doubled(x) + g(2 * x)

    assert grad(f)(1.0, 7.0) == 7 * 2 + 1 + 7 * 8
    assert f(1.0, 7.0) == 6.0


def test_what_it_reads_is_as_it_was_there() -> None:
    def f(x):
        h = x * 2.0
        mask = np.zeros(2)
        mask[0] = 3.0
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * h * mask
        mask[0] = 100.0
        h = h * h
        return np.sum(h)

    assert_close(grad(f)(X), np.array([48.0, 0.0]))


def test_stores_behind_it() -> None:
    def f(x):
        h = np.concatenate((x, x))
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * 10
        h[0] = 5.0
        return np.sum(h)

    assert_close(grad(f)(X), np.array([10.0, 20.0]))


def test_higher_orders() -> None:
    def f(x):
        h = x * x
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * h
        return h * 3.0

    assert grad(doubled)(3.0) == 3.0
    assert grad(grad(doubled))(3.0) == 1.0
    assert jvp(grad(doubled), (3.0,), (1.0,)) == (3.0, 1.0)
    assert grad(f)(2.0) == 48.0
    check_gradient(grad(f), (2.0,))
    assert_close(jvp(grad(f), (2.0,), (1.0,))[1], 72.0)


def test_a_variable_without_an_adjoint() -> None:
    def f(x, k):
        n = 3
        h = k * 2
        with adjoint_of(n) as n_bar:
            n_bar = n_bar * 5
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * 5
        return x * h * n

    assert grad(f)(1.0, 2.0) == 12.0


def test_other_names_for_it() -> None:
    def f(x):
        h = x * 2.0
        with other_name(h) as h_bar:
            h_bar = h_bar * 2
        with module.adjoint_of(h) as h_bar:
            h_bar = h_bar * 3
        return h

    assert grad(f)(1.0) == 12.0
    assert f(1.0) == 2.0


def test_an_exception_in_the_block() -> None:
    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            if h_bar > 1:
                raise ValueError("too big")
        return h * h

    assert f(3.0) == 36.0
    assert_close(grad(f)(0.1), 0.8)
    with pytest.raises(ValueError, match="too big"):
        grad(f)(3.0)


def test_types_stay() -> None:
    def f(x):
        h = x * 2
        with adjoint_of(h) as h_bar:
            h_bar = 1
        return h * h

    assert type(grad(f)(3.0)) is float

    def g(x):
        h = x * 2
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * np.float64(2.0)
        return np.sum(h * h)

    assert grad(g)(np.ones(3, np.float32)).dtype == np.float32


# undifferentiated ---------------------------------------------------------------------------------


def skip_pass(x):
    with adjoint_of(x) as x_bar:
        pass
    return x


def skip_line(x):
    with adjoint_of(x) as x_bar: print("leak"); raise ValueError  # fmt: skip  # noqa: E701, E702
    return x


def skip_jumps(x):
    for _ in range(2):
        with adjoint_of(x) as x_bar:
            break
        x = x + 1
    with adjoint_of(x) as x_bar:
        return -1.0
    return x - 2


def skip_nested(x):
    with adjoint_of(x) as x_bar:
        with adjoint_of(x) as y_bar:
            raise ValueError
        x_bar = 2.0
    return x


def skip_lines(x):
    with adjoint_of(x) as x_bar:
        raise ValueError
    return x


def skip_names(x):
    with adjoint_of(x) as x_bar:
        global Z
        Z = 7.0
        x = 7.0
    return x


def skip_loops(x):
    with adjoint_of(x) as x_bar:
        while True:
            raise ValueError
    for _ in range(2):
        with adjoint_of(x) as x_bar:
            raise ValueError
    else:
        x = x + 1
    return x - 1


def skip_finally(x):
    try:
        with adjoint_of(x) as x_bar:
            raise ValueError
    finally:
        x = x + 1
    return x - 1


SKIPS: list[Callable[..., Any]] = [
    skip_pass, skip_line, skip_jumps, skip_nested, skip_lines, skip_names, skip_loops, skip_finally,
]  # fmt: skip


@pytest.mark.parametrize("f", SKIPS, ids=lambda f: f.__name__)
def test_the_block_is_skipped(f: Callable[..., Any]) -> None:
    before = sys.gettrace()
    for _ in range(3):
        assert f(1.0) == 1.0
    assert Z == 3.0
    assert sys.gettrace() is before


@pytest.mark.parametrize("f", SKIPS, ids=lambda f: f.__name__)
def test_the_block_is_skipped_under_a_trace_function(f: Callable[..., Any]) -> None:
    lines: list[int] = []

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is f.__code__:
            lines.append(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        value, after = f(1.0), sys.gettrace()
    finally:
        sys.settrace(before)
    assert value == 1.0
    assert after is trace
    assert lines[-1] == f.__code__.co_firstlineno + _last_line(f)


def _last_line(f: Callable[..., Any]) -> int:
    last = max(line for _, _, line in f.__code__.co_lines() if line is not None)
    return last - f.__code__.co_firstlineno


def test_a_trace_function_of_the_frame_comes_back() -> None:
    seen: list[int] = []

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        seen.append(frame.f_lineno - frame.f_code.co_firstlineno)
        return local

    def start(frame: FrameType, event: str, arg: Any) -> Any:
        return local if frame.f_code is f.__code__ else None

    def f(x):
        h = x * 2.0
        with adjoint_of(h) as h_bar:
            raise ValueError
        h = h + 1
        return h

    before = sys.gettrace()
    sys.settrace(start)
    try:
        f(1.0)
    finally:
        sys.settrace(before)
    assert 3 not in seen
    assert seen[-2:] == [5, 5]


def test_exceptions_of_the_function_pass() -> None:
    def f(x):
        with adjoint_of(x) as x_bar:
            x_bar = 1.0
        raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        f(1.0)


# lines --------------------------------------------------------------------------------------------


def squared(x):
    h = x * 2
    with adjoint_of(h) as h_bar:
        c = h_bar * 2
        h_bar = c * c
    return h * h


def test_comments_name_the_lines_of_the_block() -> None:
    first = squared.__code__.co_firstlineno
    lines = [line.strip() for line in srcgrad.source(squared, 1.0).splitlines()]
    assert f"# {first + 3}: c = h_bar * 2" in lines
    assert f"# {first + 4}: h_bar = c * c" in lines
    assert f"# {first + 1}: h = x * 2" in lines


def test_errors_name_the_line_in_the_block() -> None:
    def f(x):
        h = x * 2
        with adjoint_of(h) as h_bar:
            c = h_bar * 2
            h_bar = missing(c)  # noqa: F821
        return h

    with pytest.raises(UnsupportedError, match="'missing' is not defined") as caught:
        grad(f)(1.0)
    assert caught.value.location is not None
    assert caught.value.location.line == f.__code__.co_firstlineno + 4


# wrong uses ---------------------------------------------------------------------------------------


def of_an_expression(x):
    with adjoint_of(x * 2) as b:
        b = 1.0
    return x


def without_a_name(x):
    with adjoint_of(x):
        pass
    return x


def of_two(x):
    with adjoint_of(x) as b, adjoint_of(x) as c:
        b = c
    return x


def with_two_names(x):
    with adjoint_of(x) as (b, c):
        b = c
    return x


def of_a_global(x):
    with adjoint_of(Z) as b:
        b = 1.0
    return x * Z


def returning(x):
    with adjoint_of(x) as b:
        return b
    return x


def breaking(x):
    for _ in range(3):
        with adjoint_of(x) as b:
            for _ in range(3):
                break
            break
    return x


def of_a_dict(x):
    y = {"a": x}
    with adjoint_of(y) as b:
        b = 1.0
    return y["a"]


@pytest.mark.parametrize(
    ("f", "what", "line"),
    [
        (of_an_expression, "something that is not a name", 1),
        (without_a_name, "without a name for the adjoint", 1),
        (of_two, "several variables in one statement", 1),
        (with_two_names, "without a name for the adjoint", 1),
        (of_a_global, r"adjoint_of\(Z\), which is no variable of this function", 1),
        (returning, "return out of a block", 2),
        (breaking, "break out of a block", 5),
        (of_a_dict, "the adjoint of a value of kind", 2),
    ],
)
def test_wrong_uses(f: Callable[..., Any], what: str, line: int) -> None:
    with pytest.raises(UnsupportedError, match=what) as caught:
        grad(f)(1.0)
    assert caught.value.location is not None
    assert caught.value.location.line == f.__code__.co_firstlineno + line


@pytest.mark.parametrize("bar", [np.ones(2), "a", None, (1.0, 2.0)])
def test_another_shape_for_a_number(bar: Any) -> None:
    def f(x):
        h = x * 2
        with adjoint_of(h) as h_bar:
            h_bar = bar
        return h * h

    with pytest.raises((NoRuleError, ValueError), match=r"adjoint_of\(h\) ends with|shape"):
        grad(f)(1.0)


@pytest.mark.parametrize("bar", [5.0, np.ones(3), None])
def test_another_shape_for_an_array(bar: Any) -> None:
    def f(x):
        h = x * 2
        with adjoint_of(h) as h_bar:
            h_bar = bar
        return np.sum(h * h)

    with pytest.raises((NoRuleError, ValueError), match=r"adjoint_of\(h\) ends with|shape"):
        grad(f)(X)
