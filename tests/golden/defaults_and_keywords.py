"""Calls with defaults and keywords."""


def affine(t, slope=2.0, *, offset=0.5):
    return slope * t + offset


def defaults_and_keywords(x):
    return affine(x) * affine(offset=x, t=x) + affine(x, x)


EXAMPLE = (0.6,)


# gradient


def defaults_and_keywords_grad(x):  # x: float
    # forward sweep
    x_bar = 2.0 * x
    t = x_bar + 0.5
    x_bar_bar = 2.0 * x + x

    # reverse sweep
    # 5: return slope * t + offset
    x_bar += 2.0 * x_bar_bar + 2.0 * t + t
    return x_bar
