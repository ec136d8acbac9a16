"""Tuples and starred targets."""


def unpacking(x, y):
    a, b = x * y, x + y
    (c, d), *rest = (a + b, a - b), x, y
    return a * c + b * d * rest[0]


EXAMPLE = (0.7, -0.2)
ARGNUMS = (0, 1)


# gradient


def unpacking_grad(x, y):  # x: float; y: float
    # forward sweep
    c_bar = x * y
    b = x + y
    c = c_bar + b
    d = c_bar - b
    x_bar = b * d

    # reverse sweep
    # 7: return a * c + b * d * rest[0]
    b_bar = x * d
    d_bar = x * b
    # 6: (c, d), *rest = (a + b, a - b), x, y
    c_bar_bar = c + (c_bar + d_bar)
    b_bar += c_bar - d_bar
    # 5: a, b = x * y, x + y
    x_bar += c_bar_bar * y + b_bar
    y_bar = c_bar_bar * x + b_bar
    return x_bar, y_bar
