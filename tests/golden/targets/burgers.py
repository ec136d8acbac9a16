"""The gradient of `burgers` by hand."""


def burgers_grad(u0, steps):  # u0: float64[n]
    # forward sweep
    tape = []
    u = u0.copy()
    for _ in range(steps):
        tape.append(u[1:].copy())
        u[1:] = u[1:] - 0.1 * u[1:] * (u[1:] - u[:-1])

    # reverse sweep
    # return np.sum(u * u)
    u_bar = 2 * u
    for _ in range(steps):
        u[1:] = tape.pop()
        # u[1:] = u[1:] - 0.1 * u[1:] * (u[1:] - u[:-1])
        t_bar = u_bar[1:].copy()
        u_bar[1:] = t_bar * (1 - 0.1 * (2 * u[1:] - u[:-1]))
        u_bar[:-1] += 0.1 * t_bar * u[1:]
    # u = u0.copy()
    u0_bar = u_bar
    return u0_bar
