"""tanh and its first six derivatives, each of them the derivative of the one before.

    python examples/tanh_derivatives.py [FIGURE]

Needs Matplotlib (`pip install 'srcgrad[matplotlib]'`).
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from srcgrad import elementwise_grad


def tanh(x):
    """tanh(x / 2), written with exponentials."""
    return (1 - np.exp(-x)) / (1 + np.exp(-x))


def main(path="tanh.png"):
    x = np.linspace(-7, 7, 400)
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    axes.plot(x, tanh(x), color="black", lw=2.5, label="tanh(x/2)")

    derivative = tanh
    for name in ("first derivative", "second", "third", "fourth", "fifth", "sixth"):
        derivative = elementwise_grad(derivative)
        axes.plot(x, derivative(x), label=name)

    axes.set(xlabel="x", xlim=(-7, 7))
    axes.grid(color="0.92")
    axes.legend(frameon=False, loc="upper left")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
