"""Numbers, arrays and dicts of the module."""

import numpy as np

gain = 1.5
matrix = np.array([[0.5, -0.2, 0.1], [0.3, 0.9, -0.6], [0.2, 0.2, 0.4]])
settings = {"rate": 0.3, "steps": 3}


def module_data(v):
    for _ in range(settings["steps"]):
        v = v - settings["rate"] * np.sin(matrix @ v)
    return gain * np.sum(v)


EXAMPLE = (np.array([0.3, -1.2, 0.8]),)


# gradient


import numpy as np


# v: float64[n]; settings: {'rate': float, 'steps': int}; matrix: float64[k, p]; gain: float
def module_data_grad(v, settings, matrix, gain):
    # forward sweep
    t = settings["steps"]
    tape = []
    for _ in range(t):
        t_1 = matrix @ v
        tape.append(t_1)
        v = v - settings["rate"] * np.sin(t_1)

    # reverse sweep
    v_bar = np.full_like(v, gain)
    for _ in range(t):
        t_1 = tape.pop()
        # 12: v = v - settings["rate"] * np.sin(matrix @ v)
        v_bar = matrix.T @ -(v_bar * settings["rate"] * np.cos(t_1)) + v_bar
    return v_bar
