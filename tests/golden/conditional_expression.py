"""A choice between two values."""


def conditional_expression(x):
    y = x**2 if x > 0 else -x
    return 3.0 * y * x


EXAMPLE = (0.4,)


# gradient


def conditional_expression_grad(x):  # x: float
    # forward sweep
    t = x > 0
    y = x**2 if t else -x
    x_bar = 3.0 * y

    # reverse sweep
    # 6: return 3.0 * y * x
    y_bar = 3.0 * x
    if t:
        # 5: y = x**2 if x > 0 else -x
        x_bar += 2 * y_bar * x
    else:
        # 5: y = x**2 if x > 0 else -x
        x_bar -= y_bar
    return x_bar
