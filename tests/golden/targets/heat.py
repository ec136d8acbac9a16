"""The gradient of `heat` by hand."""


def heat_grad(u0, c, steps):  # u0: float64[n]; c, steps not differentiated
    # forward sweep
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])

    # reverse sweep
    # return np.sum(u**2)
    u_bar = 2 * u
    for _ in range(steps):
        # u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
        t_bar = c * u_bar[1:-1]
        u_bar[2:] += t_bar
        u_bar[1:-1] -= 2 * t_bar
        u_bar[:-2] += t_bar
    # u = u0.copy()
    u0_bar = u_bar
    return u0_bar
