"""Passes that end early."""


def continue_in_a_loop(x, n):
    y = 1.0
    for i in range(n):
        if i == 2:
            continue
        y = y * x + i
    return y


EXAMPLE = (0.8, 6)


# gradient


def continue_in_a_loop_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    y = 1.0
    for i in range(n):
        tape.append(y)
        if not i == 2:
            y = y * x + i

    # reverse sweep
    y_bar = 1.0
    x_bar = 0.0
    for i in range(n - 1, -1, -1):
        y = tape.pop()
        if not i == 2:
            # 9: y = y * x + i
            y_bar_1 = y_bar * x
            x_bar += y_bar * y
            y_bar = y_bar_1
    return x_bar
