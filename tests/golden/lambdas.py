"""Functions without a name, two on a line."""

square, cube = lambda t: t**2, lambda t: t**3

lambdas = lambda x: square(x) * cube(2.0 * x)

EXAMPLE = (0.7,)


# gradient


def function_grad(x):  # x: float
    # forward sweep
    t = 2.0 * x

    # reverse sweep
    # 5: square(x) * cube(2.0 * x)
    x_bar = 2.0 * (3 * x**2 * t**2)
    # 3: t**2
    x_bar += 2 * t**3 * x
    return x_bar
