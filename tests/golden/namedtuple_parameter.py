"""A named tuple in, a named tuple out."""

from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    x: float
    y: np.ndarray


def namedtuple_parameter(p):
    return p.x * np.sum(p.y**2) + p.x


EXAMPLE = (Point(0.7, np.array([0.3, -1.2, 0.8])),)
NUMPY_ALONE = False


# gradient


import numpy as np
from golden.namedtuple_parameter import Point


def namedtuple_parameter_grad(p):  # p: Point(float, float64[n])
    # forward sweep
    t = p[1]

    # reverse sweep
    # 14: return p.x * np.sum(p.y**2) + p.x
    p_1_bar = 2 * p[0] * t
    p_0_bar = np.sum(t**2) + 1.0
    return Point(p_0_bar, p_1_bar)
