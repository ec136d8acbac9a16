"""The gradient of `newton_sqrt` by hand."""


def newton_sqrt_grad(a):
    # forward sweep
    tape = []
    trips = 0
    returned_early = a <= 0
    if not returned_early:
        x = a
        while True:
            step = 0.5 * (a / x - x)
            if abs(step) < 1e-12:
                break
            tape.append(x)
            x = x + step
            trips += 1

    # reverse sweep
    if returned_early:
        # return 0.0 * a
        a_bar = 0.0
    else:
        a_bar = 0.0
        x_bar = 1.0
        for _ in range(trips):
            x = tape.pop()
            # x = x + step
            step_bar = x_bar
            # step = 0.5 * (a / x - x)
            t_bar = 0.5 * step_bar
            a_bar += t_bar / x
            x_bar -= t_bar * a / x**2 + t_bar
        # x = a
        a_bar += x_bar
    return a_bar
