"""Two arguments of a polynomial."""


def volume(x, y):
    return x**2 * y + y + 2


EXAMPLE = (3.0, 4.0)
ARGNUMS = (0, 1)


# gradient


def volume_grad(x, y):  # x: float; y: float
    # reverse sweep
    # 5: return x**2 * y + y + 2
    x_bar = 2 * y * x
    y_bar = x**2 + 1.0
    return x_bar, y_bar
