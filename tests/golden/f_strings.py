"""Text made from numbers decides on a branch."""


def f_strings(x):
    label = f"{x:.2f}"
    if len(label) < 6:
        return x**2
    return x


EXAMPLE = (0.6,)


# gradient


def f_strings_grad(x):  # x: float
    # forward sweep
    label = f"{x:.2f}"

    # reverse sweep
    if len(label) < 6:
        # 7: return x**2
        x_bar = 2.0 * x
    else:
        x_bar = 1.0
    return x_bar
