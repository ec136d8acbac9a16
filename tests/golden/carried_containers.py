"""A tuple bound again in a loop."""

import numpy as np


def carried_containers(x, v):
    state = (x, v)
    for _ in range(3):
        position, speed = state
        state = (position + 0.1 * speed, speed - 0.1 * np.sin(position))
    return state[0]


EXAMPLE = (0.7, 0.3)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def carried_containers_grad(x, v):  # x: float; v: float
    # forward sweep
    tape = []
    position = x
    speed = v
    for _ in range(3):
        position_in = position
        tape.append(position_in)
        position = position_in + 0.1 * speed
        speed -= 0.1 * np.sin(position_in)

    # reverse sweep
    position_bar = 1.0
    speed_bar = 0.0
    for _ in range(3):
        speed_bar_in = speed_bar
        position_in = tape.pop()
        # 10: state = (position + 0.1 * speed, speed - 0.1 * np.sin(position))
        speed_bar = 0.1 * position_bar + speed_bar_in
        position_bar -= 0.1 * speed_bar_in * np.cos(position_in)
    return position_bar, speed_bar
