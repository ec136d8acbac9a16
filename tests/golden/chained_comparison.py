"""A test between two bounds."""


def chained_comparison(x):
    if 0.0 < x < 1.0:
        return x**2
    return x**3


EXAMPLE = (0.4,)


# gradient


def chained_comparison_grad(x):  # x: float
    # reverse sweep
    if 0.0 < x and x < 1.0:
        # 6: return x**2
        x_bar = 2.0 * x
    else:
        # 7: return x**3
        x_bar = 3.0 * x**2
    return x_bar
