"""Every update of a scalar."""


def augmented_assignment(x):
    y = 1.0
    y += x
    y *= x
    y -= 0.5 * x
    y /= 1.0 + x * x
    y **= 2
    return y


EXAMPLE = (0.6,)


# gradient


def augmented_assignment_grad(x):  # x: float
    # forward sweep
    y = 1.0 + x
    y_1 = y * x
    y_1 -= 0.5 * x
    t = 1.0 + x * x
    y_1 /= t

    # reverse sweep
    # 10: y **= 2
    y_bar = 2.0 * y_1
    # 9: y /= 1.0 + x * x
    y_bar /= t
    x_bar = 2.0 * -(y_bar * y_1 * x)
    # 8: y -= 0.5 * x
    x_bar -= 0.5 * y_bar
    # 7: y *= x
    y_bar_1 = y_bar * x
    x_bar += y_bar * y
    # 6: y += x
    x_bar += y_bar_1
    return x_bar
