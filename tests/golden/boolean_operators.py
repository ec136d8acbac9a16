"""`and`, `or` and `not` in a test, and as values."""


def boolean_operators(x, y):
    z = x or y
    if x > 0 and not (y > 1 or z > y):
        return x**2 * z
    return x * z**2


EXAMPLE = (0.4, 0.9)
ARGNUMS = (0, 1)


# gradient


def boolean_operators_grad(x, y):  # x: float; y: float
    # forward sweep
    z = x or y
    t = x > 0 and not (y > 1 or z > y)
    if t:
        z_bar = x**2
    else:
        x_bar = z**2

    # reverse sweep
    if t:
        # 7: return x**2 * z
        x_bar = 2 * z * x
    else:
        # 8: return x * z**2
        z_bar = 2 * x * z
    if x:
        # 5: z = x or y
        x_bar += z_bar
        y_bar = 0.0
    else:
        y_bar = z_bar
    return x_bar, y_bar
