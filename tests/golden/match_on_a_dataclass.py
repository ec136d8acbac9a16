"""`match` on the class of an object."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Circle:
    radius: float


@dataclass
class Rectangle:
    width: float
    height: float


def area(shape):
    match shape:
        case Circle(radius=r):
            return np.pi * r**2
        case Rectangle(w, h):
            return w * h
        case _:
            raise TypeError("no shape")


def match_on_a_dataclass(r, w):
    return area(Circle(r)) * area(Rectangle(w, 2.0))


EXAMPLE = (0.5, 1.5)
ARGNUMS = (0, 1)


# gradient


def match_on_a_dataclass_grad(r, w):  # r: float; w: float
    # reverse sweep
    # 24: return w * h
    w_bar = 6.283185307179586 * r**2
    # 22: return np.pi * r**2
    r_bar = 6.283185307179586 * (w * 2.0) * r
    return r_bar, w_bar
