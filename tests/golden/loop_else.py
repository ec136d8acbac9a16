"""What is done when a loop was not left by `break`."""


def loop_else(x, n):
    y = x
    for i in range(n):
        y = y * x
        if i == 2:
            break
    else:
        y = y + 10.0 * x
    return y * y


EXAMPLE = (0.8, 2)


# gradient


def loop_else_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    stopped = False
    y = x
    for i in range(n):
        tape.append(y)
        y *= x
        if i == 2:
            stopped = True
            break
    t = not stopped
    if t:
        y += 10.0 * x

    # reverse sweep
    # 12: return y * y
    y_bar = 2.0 * y
    if t:
        # 11: y = y + 10.0 * x
        x_bar = 10.0 * y_bar
    else:
        x_bar = 0.0
    for _ in range(len(tape)):
        y_bar_in = y_bar
        y = tape.pop()
        # 7: y = y * x
        y_bar = y_bar_in * x
        x_bar += y_bar_in * y
    x_bar += y_bar
    return x_bar
