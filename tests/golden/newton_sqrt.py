"""An early return, and a loop that ends when the data says so."""


def newton_sqrt(a):
    if a <= 0:
        return 0.0 * a
    x = a
    while True:
        step = 0.5 * (a / x - x)
        if abs(step) < 1e-12:
            break
        x = x + step
    return x


EXAMPLE = (3.7,)


# gradient


def newton_sqrt_grad(a):  # a: float
    # forward sweep
    t_1 = a <= 0
    if not t_1:
        tape = []
        x = a
        while True:
            step = 0.5 * (a / x - x)
            if abs(step) < 1e-12:
                break
            tape.append(x)
            x += step

    # reverse sweep
    if t_1:
        a_bar = 0.0
    else:
        x_bar = 1.0
        a_bar = 0.0
        for _ in range(len(tape)):
            x = tape.pop()
            # 9: step = 0.5 * (a / x - x)
            t = 0.5 * x_bar
            t_1 = t / x
            a_bar += t_1
            x_bar += -(t_1 * (a / x)) - t
        a_bar += x_bar
    return a_bar
