"""Two names exchanged in a loop."""


def swap(u, v, n):
    for _ in range(n):
        u, v = v, u * v
    return u + 2.0 * v


EXAMPLE = (1.1, 0.6, 4)
ARGNUMS = (0, 1)


# gradient


def swap_grad(u, v, n):  # u: float; v: float; n: int
    # forward sweep
    tape = []
    for _ in range(n):
        v_in = v
        tape.append((u, v_in))
        v = u * v_in
        u = v_in

    # reverse sweep
    u_bar = 1.0
    v_bar = 2.0
    for _ in range(n):
        u_bar_in = u_bar
        u, v_in = tape.pop()
        # 6: u, v = v, u * v
        u_bar = v_bar * v_in
        v_bar = u_bar_in + v_bar * u
    return u_bar, v_bar
