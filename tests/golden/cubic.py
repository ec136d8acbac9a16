"""A polynomial."""


def cubic(x):
    return x**3 + 2 * x**2 + x + 1


EXAMPLE = (1.3,)


# gradient


def cubic_grad(x):  # x: float
    # reverse sweep
    # 5: return x**3 + 2 * x**2 + x + 1
    x_bar = 3.0 * x**2 + 4.0 * x + 1.0
    return x_bar
