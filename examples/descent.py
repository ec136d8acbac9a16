"""Steepest descent in the curved valley of the Rosenbrock function, on its contours.

    python examples/descent.py [FIGURE]

Needs Matplotlib (`pip install 'srcgrad[matplotlib]'`).
"""

import sys

import srcgrad


def rosenbrock(x, y):
    """It falls steeply into the valley y = x^2, and there hardly, towards its minimum at (1, 1)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def main(path="descent.png"):
    axes = srcgrad.plot_descent(rosenbrock, (-0.7, 2.4), steps=3000, rate=0.002)
    axes.plot(1, 1, "*", color="black", ms=12, label="minimum")
    axes.legend(loc="upper right")

    *_, (x, y) = axes.lines[0].get_xydata()
    print(f"after 3000 steps: x = {x:.4f}, y = {y:.4f}")
    axes.figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
