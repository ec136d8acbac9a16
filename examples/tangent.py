"""The tangent of 3x^2 - 4x at 1, whose slope is the derivative.

    python examples/tangent.py [FIGURE]

Needs Matplotlib (`pip install 'srcgrad[matplotlib]'`).
"""

import sys

import srcgrad


def f(x):
    return 3 * x**2 - 4 * x


def main(path="tangent.png"):
    slope = srcgrad.grad(f)
    print(f"f(1) = {f(1.0)}, f'(1) = {slope(1.0)}")

    axes = srcgrad.plot_tangent(f, 1.0, width=3.0)
    axes.set(title="f(x) = 3x² - 4x")
    axes.figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
