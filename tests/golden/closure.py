"""A function made by another one, differentiated in what it closes over."""


def make_quadratic(a, b):
    def quadratic(x):
        return a * x * x + b * x

    return quadratic


closure = make_quadratic(1.5, -0.4)

EXAMPLE = (0.7,)
WRT = ("x", "a", "b")


# gradient


def quadratic_grad(x, a, b):  # x: float; a: float; b: float
    # reverse sweep
    # 6: return a * x * x + b * x
    a_bar = x * x
    x_bar = x * a + a * x + b
    return x_bar, a_bar, x
