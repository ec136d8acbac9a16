"""A loop left before its end."""


def break_out_of_a_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
        if y < 0.4:
            break
        y = y + 0.01 * i * x
    return y


EXAMPLE = (0.8, 10)


# gradient


def break_out_of_a_loop_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    y = 1.0
    for i in range(n):
        tape.append(y)
        y *= x
        if y < 0.4:
            break
        y += 0.01 * i * x

    # reverse sweep
    y_bar = 1.0
    x_bar = 0.0
    for k in range(len(tape) - 1, -1, -1):
        y_bar_in = y_bar
        y = tape.pop()
        # 7: y = y * x
        y_1 = y * x
        if not y_1 < 0.4:
            # 10: y = y + 0.01 * i * x
            x_bar += 0.01 * y_bar_in * k
        y_bar = y_bar_in * x
        x_bar += y_bar_in * y
    return x_bar
