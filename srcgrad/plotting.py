"""Pictures of functions and their derivatives, with Matplotlib: of one variable, and of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.api import grad, value_and_grad
from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import signature_of
from srcgrad.operators import elementwise_grad
from srcgrad.writing import as_function

Function = Callable[..., Any]

POINTS = 401  # of a curve
GRID = 151  # points of contours along each side
LEVELS = 18
DOTS = 100  # along a path, at most
SUFFICIENT = 1e-4  # the part of the decrease that a tangent promises, which a step must reach
SHORTEST = 1e-12  # of a step, relative to the first that is tried


def plot(fun: Function, low: float, high: float, orders: int = 3, *, ax: Any = None) -> Any:
    """Draw a function of one number and its derivatives, each the derivative of the one before.

    Args:
        fun: a function of a number, or an elementwise one of an array.
        low, high: the interval.
        orders: how many derivatives are drawn.
        ax: the axes of Matplotlib to draw on; without it, those of a new figure.

    Returns:
        The axes. Nothing is shown: `ax.figure.savefig(path)` saves it, `plt.show()` opens it.

    Raises:
        ArgumentError: for an interval or a number of orders that is none, for a function whose
            value is no number, and if Matplotlib is missing.

    Examples:
        >>> import matplotlib, numpy as np, srcgrad
        >>> matplotlib.use("Agg")
        >>> ax = srcgrad.plot(np.sin, 0.0, 6.0, orders=1)
        >>> [line.get_label() for line in ax.lines]
        ['sin', "sin'"]
    """
    if isinstance(orders, bool) or not isinstance(orders, int) or orders < 0:
        raise ArgumentError(
            f"orders={orders!r}", why="it is how many derivatives to draw", fix="orders=3"
        )
    x = _interval(low, high)
    curves = [_values(function, x) for function in _derivatives(fun, orders)]
    ax = axes(ax)
    for order, y in enumerate(curves):
        style = {"color": "black", "lw": 2} if order == 0 else {"color": f"C{order - 1}"}
        ax.plot(x, y, label=_name(fun, order), **style)
    return _finished(ax, x)


def plot_tangent(fun: Function, at: float, *, width: float = 4.0, ax: Any = None) -> Any:
    """Draw a function of one number and its tangent line at a point.

    Args:
        fun: a function of a number.
        at: the point.
        width: of the interval that is drawn, whose middle is the point.
        ax: the axes of Matplotlib to draw on; without it, those of a new figure.

    Returns:
        The axes; the legend has the equation of the tangent.

    Raises:
        ArgumentError: for a width that is not positive, for a function whose value is no number,
            and if Matplotlib is missing.

    Examples:
        >>> import matplotlib, srcgrad
        >>> matplotlib.use("Agg")
        >>> ax = srcgrad.plot_tangent(lambda x: 3 * x**2 - 4 * x, 1.0)
        >>> ax.lines[1].get_label()
        'y = 2x - 3'
    """
    at = float(at)
    x = _interval(at - width / 2, at + width / 2)
    value, slope = map(_number, value_and_grad(fun)(at))
    y = _values(fun, x)
    ax = axes(ax)
    ax.plot(x, y, color="black", lw=2, label=_name(fun, 0))
    ax.plot(x, value + slope * (x - at), color="C3", label=line_equation(slope, value, at))
    ax.plot([at], [value], "o", color="C3")
    return _finished(ax, x)


def plot_descent(
    fun: Function,
    start: Sequence[float],
    *,
    steps: int = 100,
    rate: float = 0.1,
    ax: Any = None,
) -> Any:
    """Draw the contours of a function of two numbers, and a path of steepest descent on them.

    Each step goes along the gradient, first by `rate` times its length, and then by half of that
    until the value falls enough.

    Args:
        fun: a function `f(x, y)` of two numbers, or `f(x)` of an array of two.
        start: the two numbers where the path starts.
        steps: how many steps are taken at most; fewer where no step leads down.
        rate: what the gradient is multiplied with in the first try of each step.
        ax: the axes of Matplotlib to draw on; without it, those of a new figure.

    Returns:
        The axes; `ax.lines[0].get_xydata()` are the points of the path.

    Raises:
        ArgumentError: for a start that is no pair of numbers, and if Matplotlib is missing.

    Examples:
        >>> import matplotlib, srcgrad
        >>> matplotlib.use("Agg")
        >>> ax = srcgrad.plot_descent(lambda x, y: x**2 + 3 * y**2, (2.0, 1.0))
        >>> bool(abs(ax.lines[0].get_xydata()[-1]).max() < 1e-6)
        True
    """
    point = np.asarray(start, float)
    if point.shape != (2,):
        raise ArgumentError(
            f"start={start!r}", why="the function has two variables", fix="start=(-1.5, 2.0)"
        )
    value, gradient = _of_a_point(fun)
    path = np.array([point, *_descent(value, gradient, point, steps, rate)])
    xs, ys = (_around(path[:, i]) for i in range(2))
    heights = np.array([[_number(value(np.array([x, y]))) for x in xs] for y in ys])
    ax = axes(ax)
    ax.contour(xs, ys, heights, levels=_levels(heights), cmap="viridis", linewidths=0.7)
    dots = {"marker": ".", "ms": 4, "markevery": 1 + len(path) // DOTS}
    ax.plot(*path.T, color="C3", lw=1.2, label=f"{len(path) - 1} steps", **dots)
    ax.plot(*path[0], "o", color="C3", mfc="white", label=f"start, {_at(path[0], value)}")
    ax.plot(*path[-1], "o", color="C3", label=f"end, {_at(path[-1], value)}")
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]], xlabel="x", ylabel="y")
    ax.legend()
    return ax


def axes(ax: Any) -> Any:
    """The axes to draw on: those that are given, or else those of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ArgumentError(
            "a plot without Matplotlib",
            why="it is not installed",
            fix="pip install 'srcgrad[matplotlib]'",
        ) from None
    return pyplot.subplots(layout="constrained")[1]


def line_equation(slope: float, value: float, at: float) -> str:
    """The line through a point with a slope, as an equation: y = 2x - 3."""
    constant = value - slope * at
    if abs(constant) < 1e-12 * max(abs(value), abs(slope * at)):
        constant = 0.0  # what rounding left of a line through the origin
    factor = {1.0: "", -1.0: "-"}.get(slope, f"{slope:.4g}")
    if not slope:
        return f"y = {constant:.4g}"
    sign = "-" if constant < 0 else "+"
    return f"y = {factor}x" + (f" {sign} {abs(constant):.4g}" if constant else "")


# curves -------------------------------------------------------------------------------------------


def _interval(low: float, high: float) -> Any:
    if not low < high:
        raise ArgumentError(
            f"the interval from {low!r} to {high!r}",
            why="a curve is drawn from the lower end to the upper",
            fix="pass the lower end first",
        )
    return np.linspace(low, high, POINTS)


def _derivatives(fun: Function, orders: int) -> Iterator[Function]:
    """A function and its derivatives."""
    yield fun
    for _ in range(orders):
        fun = elementwise_grad(fun)
        yield fun


def _values(fun: Function, x: Any) -> Any:
    """The values at some points: at all at once, or one by one for a function of one number."""
    try:
        y = np.asarray(fun(x))
    except (SrcgradError, TypeError, ValueError):
        return np.array([_number(fun(point)) for point in x.tolist()])
    if y.shape == x.shape:
        return y
    return np.array([_number(fun(point)) for point in x.tolist()])


def _number(value: Any) -> float:
    if np.size(value) != 1:
        raise ArgumentError(
            f"a function whose value is of shape {np.shape(value)}",
            why="the height of a point is one number",
            fix="plot one number of it: lambda x: f(x)[0]",
        )
    return float(np.reshape(value, ()))


def _name(fun: Function, order: int) -> str:
    """A function's name with a prime for each derivative, or their number."""
    name = str(getattr(fun, "__name__", "f"))
    primes = "'" * order if order < 4 else f" ({order})"
    return (name if name.isidentifier() else "f") + primes


def _finished(ax: Any, x: Any) -> Any:
    ax.set(xlabel="x", xlim=(x[0], x[-1]))
    ax.grid(color="0.92")
    ax.legend(frameon=False)
    return ax


# descents -----------------------------------------------------------------------------------------


def _of_a_point(fun: Function) -> tuple[Function, Function]:
    """A function of two numbers, or of an array of two, and its gradient, both of an array."""
    parameters = signature_of(as_function(fun)).parameters.values()
    if sum(p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD for p in parameters) < 2:
        return fun, grad(fun)
    both = grad(fun, argnums=(0, 1))
    return lambda p: fun(*p.tolist()), lambda p: np.array(both(*p.tolist()), float)


def _descent(
    value: Function, gradient: Function, point: Any, steps: int, rate: float
) -> Iterator[Any]:
    """The points of a path of steepest descent behind the first."""
    for _ in range(steps):
        slope = gradient(point)
        found = _step(value, slope, point, rate)
        if found is None:
            return
        point = found
        yield point


def _step(value: Function, slope: Any, point: Any, rate: float) -> Any:
    """The point a step along the gradient where the value falls enough; None if there is none."""
    height, steepness, length = value(point), float(slope @ slope), rate
    while steepness and length > rate * SHORTEST:
        new = point - length * slope
        if value(new) <= height - SUFFICIENT * length * steepness and (new != point).any():
            return new
        length /= 2
    return None


def _around(coordinates: Any) -> Any:
    """Points from below the least of some coordinates to above the greatest."""
    low, high = coordinates.min(), coordinates.max()
    margin = 0.25 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, GRID)


def _levels(heights: Any) -> Any:
    """Levels for an area: closer to each other where it is low."""
    finite = heights[np.isfinite(heights)]
    return np.unique(np.quantile(finite, np.linspace(0.0, 1.0, LEVELS + 2)[1:-1] ** 1.5))


def _at(point: Any, value: Function) -> str:
    x, y, height = (round(v, 6) + 0.0 for v in (*point.tolist(), _number(value(point))))
    return f"f({x:.4g}, {y:.4g}) = {height:.4g}"
