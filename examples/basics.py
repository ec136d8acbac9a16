"""The derivatives of small functions, as in a first course of calculus."""

import numpy as np

import srcgrad


@srcgrad.grad
def square(x):
    return x**2


@srcgrad.grad
def line(x):
    return 2 * x + 3


@srcgrad.grad
def cubic(x):
    return x**3 + 2 * x**2 + x + 1


@srcgrad.grad
def exponential(x):
    return np.exp(x)


@srcgrad.grad
def half(x):
    return x / 2


@srcgrad.grad
def parabola(x):
    return 3 * x**2 - 4 * x


@srcgrad.grad
def sum_of_two_squares(params):
    x, y = params
    return x**2 + y**2


@srcgrad.grad
def plane(params):
    x, y, z = params
    return 2 * x + 3 * y + 4 * z


@srcgrad.grad(argnums=(0, 1))
def mixed(x, y):
    return x**2 + x * y


@srcgrad.grad(argnums=(0, 1))
def product(x, y):
    return x**2 * y + y + 2


@srcgrad.grad
def twice_the_norm(x):
    return 2 * np.dot(x, x)


@srcgrad.grad
def total(x):
    return np.sum(x)


@srcgrad.grad
def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


@srcgrad.grad
def soft_step(x):
    return (1 - np.exp(-x)) / (1 + np.exp(-x))


def facts():
    """What was differentiated where, and the derivative there."""
    x = np.arange(4.0)
    return {
        "x^2 at 2": square(2.0),
        "2x + 3 at 5": line(5.0),
        "x^3 + 2x^2 + x + 1 at 1": cubic(1.0),
        "exp at 0": exponential(0.0),
        "x / 2 at 7": half(7.0),
        "3x^2 - 4x at 1": parabola(1.0),
        "x^2 + y^2 at [1, 2]": sum_of_two_squares(np.array([1.0, 2.0])),
        "2x + 3y + 4z at [1, 2, 3]": plane(np.array([1.0, 2.0, 3.0])),
        "x^2 + xy at (2, 3)": mixed(2.0, 3.0),
        "x^2 y + y + 2 at (3, 4)": product(3.0, 4.0),
        "2 dot(x, x) at [0, 1, 2, 3]": twice_the_norm(x),
        "sum(x) at [0, 1, 2, 3]": total(x),
        "tanh by exp(-2x) at 1": tanh(1.0),
        "(1 - e^-x) / (1 + e^-x) at 1": soft_step(1.0),
    }


def main():
    for name, derivative in facts().items():
        print(f"{name:30s} {derivative}")
    print()
    print(tanh)


if __name__ == "__main__":
    main()
