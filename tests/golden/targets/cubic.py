"""The gradient of `cubic` by hand."""


def cubic_grad(x):
    # return x**3 + 2 * x**2 + x + 1
    x_bar = 3 * x**2 + 2 * (2 * x) + 1.0
    return x_bar
