"""An array unpacked into names."""

import numpy as np


def plane(params):
    x, y, z = params
    return 2 * x + 3 * y + 4 * z


EXAMPLE = (np.array([1.0, 2.0, 3.0]),)


# gradient


import numpy as np


def plane_grad(params):  # params: float64[n]
    # reverse
    # 7: x, y, z = params
    params_bar = np.zeros_like(params)
    params_bar[2] = 4.0
    params_bar[1] += 3.0
    params_bar[0] += 2.0
    return params_bar
