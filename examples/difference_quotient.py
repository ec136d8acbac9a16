"""The difference quotient (f(1 + h) - f(1)) / h for smaller and smaller h, beside the derivative.

    python examples/difference_quotient.py [FIGURE]

It comes closer to the derivative, 2, until rounding spoils it: then each smaller h is worse.
Needs Matplotlib (`pip install 'srcgrad[matplotlib]'`).
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import srcgrad


def f(x):
    return 3 * x**2 - 4 * x


def quotient(h, x=1.0):
    return (f(x + h) - f(x)) / h


def draw_secants(axes, slope):
    """The curve, lines through its points at 1 and 1 + h, and the tangent they turn into."""
    x = np.linspace(0.4, 2.1, 300)
    axes.plot(x, f(x), color="black", lw=2)
    for h in (1.0, 0.5, 0.25):
        secant = axes.plot(x, f(1.0) + quotient(h) * (x - 1), lw=1, label=f"h = {h}")
        axes.plot(1 + h, f(1 + h), ".", ms=9, color=secant[0].get_color())
    axes.plot(x, f(1.0) + slope * (x - 1), color="C3", lw=2, label="tangent")
    axes.plot(1, f(1.0), "o", color="C3")
    axes.set(title="secants", xlabel="x", xlim=(0.4, 2.1), ylim=(-3, 6))


def draw_errors(axes, slope):
    """How far the quotient is from the derivative."""
    steps = 10.0 ** -np.arange(0.0, 15.5, 0.5)
    errors = np.abs(quotient(steps) - slope)
    axes.loglog(steps, np.where(errors > 0, errors, np.nan), "o-", ms=4, label="|quotient - f'(1)|")
    axes.loglog(steps, 3 * steps, "--", color="0.6", label="3h")
    axes.invert_xaxis()
    axes.set(title="distance from the derivative", xlabel="h")


def main(path="difference_quotient.png"):
    slope = srcgrad.grad(f)(1.0)
    print("h            (f(1 + h) - f(1)) / h")
    for k in range(1, 7):
        print(f"{10.0**-k:<12g} {quotient(10.0**-k):.9f}")
    print(f"srcgrad      {slope}")

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    draw_secants(axes[0], slope)
    draw_errors(axes[1], slope)
    for each in axes:
        each.grid(color="0.92")
        each.legend(frameon=False)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
