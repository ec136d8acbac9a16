"""A return out of a loop."""


def return_in_a_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
        if y < 0.5:
            return y * i
    return y + x


EXAMPLE = (0.8, 10)


# gradient


def return_in_a_loop_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    returned = False
    y = 1.0
    for _ in range(n):
        tape.append(y)
        y *= x
        if y < 0.5:
            returned = True
            break

    # reverse sweep
    if returned:
        result_bar = 1.0
        y_bar = 0.0
        x_bar = 0.0
    else:
        result_bar = 0.0
        y_bar = 1.0
        x_bar = 1.0
    for k in range(len(tape) - 1, -1, -1):
        y = tape.pop()
        # 7: y = y * x
        y_1 = y * x
        if y_1 < 0.5:
            # 9: return y * i
            y_bar_1 = y_bar + result_bar * k
            result_bar = 0.0
        else:
            y_bar_1 = y_bar
        y_bar = y_bar_1 * x
        x_bar += y_bar_1 * y
    return x_bar
