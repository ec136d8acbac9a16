"""Module-level variables as independents, read by another function."""

a, b = 2.0, 1.0


def model(x):
    return a * x + b


def error(x, y):
    return (y - model(x)) ** 2


EXAMPLE = (1.0, 2.0)
WRT = ("a", "b")


# gradient


def error_grad(x, y, a, b):  # x: float; y: float; a: float; b: float
    # reverse sweep
    # 11: return (y - model(x)) ** 2
    t = 2.0 * (y - (a * x + b))
    b_bar = -t
    # 7: return a * x + b
    a_bar = -(t * x)
    return a_bar, b_bar
