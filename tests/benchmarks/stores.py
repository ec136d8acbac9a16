"""Functions that store into arrays and lists, each with a gradient by hand."""

import numpy as np


def smooth(x, k):
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
    return np.sum(y * y)


def smooth_grad(x, k):
    # forward sweep
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2

    # reverse sweep
    x_bar = np.zeros_like(x)
    k_bar = 0.0
    # return np.sum(y * y)
    y_bar = 2 * y
    for i in range(len(x) - 1, 0, -1):
        # y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
        t_bar = y_bar[i]
        k_bar += t_bar * (y[i - 1] - x[i] ** 2)
        y_bar[i - 1] += t_bar * k
        x_bar[i] += t_bar * (1 - k) * (2 * x[i])
    # y[0] = x[0]
    x_bar[0] += y_bar[0]
    return x_bar, k_bar


def heat(u0, c, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def heat_grad(u0, c, steps):
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


def burgers(u0, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:] = u[1:] - 0.1 * u[1:] * (u[1:] - u[:-1])
    return np.sum(u * u)


def burgers_grad(u0, steps):
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


def eliminate(a0, b):
    a = a0.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            row = a[i]
            f = row[k] / a[k, k]
            row[k:] -= f * a[k, k:]
            x[i] -= f * x[k]
    return np.sum(x * x)


def eliminate_grad(a0, b):
    # forward sweep
    tape = []
    a = a0.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            row = a[i]
            f = row[k] / a[k, k]
            row[k:] -= f * a[k, k:]
            x[i] -= f * x[k]
            tape.append(f)

    # reverse sweep
    a_bar = np.zeros_like(a)
    # return np.sum(x * x)
    x_bar = 2 * x
    for k in range(n - 1, -1, -1):
        for i in range(n - 1, k, -1):
            f = tape.pop()
            row_bar = a_bar[i]
            # x[i] -= f * x[k]
            f_bar = -x_bar[i] * x[k]
            x_bar[k] -= x_bar[i] * f
            # row[k:] -= f * a[k, k:]
            f_bar -= row_bar[k:] @ a[k, k:]
            a_bar[k, k:] -= f * row_bar[k:]
            # f = row[k] / a[k, k]
            row_bar[k] += f_bar / a[k, k]
            a_bar[k, k] -= f_bar * f / a[k, k]
    return a_bar, x_bar


def trajectory(x0, k, n):
    xs = [x0]
    for _ in range(n):
        xs.append(xs[-1] + k * np.sin(xs[-1]))
    return np.mean(np.stack(xs) ** 2)


def trajectory_grad(x0, k, n):
    # forward sweep
    xs = [x0]
    for _ in range(n):
        xs.append(xs[-1] + k * np.sin(xs[-1]))
    s = np.stack(xs)

    # reverse sweep
    k_bar = 0.0
    # return np.mean(np.stack(xs) ** 2)
    xs_bar = list((2.0 / s.size) * s)
    for i in range(n - 1, -1, -1):
        # xs.append(xs[-1] + k * np.sin(xs[-1]))
        t_bar = xs_bar.pop()
        k_bar += np.sum(t_bar * np.sin(xs[i]))
        xs_bar[-1] += t_bar + t_bar * k * np.cos(xs[i])
    # xs = [x0]
    x0_bar = xs_bar[0]
    return x0_bar, k_bar
