"""A loop over the rows of a matrix, unpacked."""

import numpy as np


def for_rows(points):
    s = 0.0
    for x, y in points:
        s = s * x + np.sin(y)
    return s


EXAMPLE = (np.array([[0.2, -0.5], [0.9, 0.3], [1.1, -0.7]]),)


# gradient


import numpy as np


def for_rows_grad(points):  # points: float64[n, m]
    # forward sweep
    tape = []
    s = 0.0
    for t in points:
        x = t[0]
        y = t[1]
        tape.append((s, x, y))
        s = s * x + np.sin(y)

    # reverse sweep
    points_bar = np.zeros_like(points)
    s_bar = 1.0
    for k in range(len(points) - 1, -1, -1):
        s_bar_in = s_bar
        s, x, y = tape.pop()
        # 9: s = s * x + np.sin(y)
        y_bar = s_bar_in * np.cos(y)
        s_bar = s_bar_in * x
        x_bar = s_bar_in * s
        t = np.zeros_like(points[k])
        t[1] = y_bar
        t[0] += x_bar
        points_bar[k] += t
    return points_bar
