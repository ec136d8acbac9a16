"""Ranges with steps, one descending."""


def for_range_with_steps(x, n):
    y = 0.0
    for i in range(2, 11, 3):
        y = y + x**i
    for j in range(n, 0, -2):
        y = y * x + j
    return y


EXAMPLE = (0.6, 5)


# gradient


def for_range_with_steps_grad(x, n):  # x: float; n: int
    # forward sweep
    y = 0.0
    for i in range(2, 11, 3):
        y += x**i
    tape = []
    for j in range(n, 0, -2):
        tape.append(y)
        y = y * x + j

    # reverse sweep
    y_bar = 1.0
    x_bar = 0.0
    for _ in range(len(range(n, 0, -2))):
        y_bar_in = y_bar
        y = tape.pop()
        # 9: y = y * x + j
        y_bar = y_bar_in * x
        x_bar += y_bar_in * y
    for k in range(len(range(2, 11, 3)) - 1, -1, -1):
        t = 2 + k * 3
        # 7: y = y + x**i
        x_bar += y_bar * (t * x ** (t - (t != 0)))
    return x_bar
