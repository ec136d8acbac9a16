"""An object that changes in every pass of a loop."""

import numpy as np


class Pendulum:
    def __init__(self, angle, speed):
        self.angle = angle
        self.speed = speed

    def step(self, h):
        self.speed -= h * np.sin(self.angle)
        self.angle += h * self.speed


def object_in_a_loop(angle, h, n):
    pendulum = Pendulum(angle, 0.0)
    for _ in range(n):
        pendulum.step(h)
    return pendulum.angle**2


EXAMPLE = (0.4, 0.1, 5)


# gradient


import numpy as np


def object_in_a_loop_grad(angle, h, n):  # angle: float; h: float; n: int
    # forward sweep
    tape = []
    speed = 0.0
    for _ in range(n):
        tape.append(angle)
        speed -= h * np.sin(angle)
        angle += h * speed

    # reverse sweep
    # 20: return pendulum.angle**2
    t = 2.0 * angle
    speed_bar = 0.0
    for _ in range(n):
        angle = tape.pop()
        # 13: self.angle += h * self.speed
        speed_bar += t * h
        # 12: self.speed -= h * np.sin(self.angle)
        t -= speed_bar * h * np.cos(angle)
    return t
