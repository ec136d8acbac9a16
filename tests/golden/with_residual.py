"""A second result, handed through."""


def with_residual(x):
    r = x - 3.0
    return r * r, r


EXAMPLE = (5.0,)
HAS_AUX = True


# gradient


def with_residual_grad(x):  # x: float
    # forward sweep
    r = x - 3.0

    # reverse sweep
    # 6: return r * r, r
    r_bar = 2.0 * r
    return r_bar, r
