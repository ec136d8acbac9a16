"""Parameters in a list, indexed from both ends."""

import numpy as np


def list_parameter(params):
    return np.sum(params[0] * params[1]) + np.sum(params[-1] ** 2)


EXAMPLE = ([np.array([0.3, -1.2, 0.8]), np.array([1.5, 0.4, -0.6])],)


# gradient


import numpy as np


def list_parameter_grad(params):  # params: list[float64[m]]
    # reverse sweep
    # 7: return np.sum(params[0] * params[1]) + np.sum(params[-1] ** 2)
    params_1_bar = params[0] + 2.0 * params[-1]
    params_0_bar = np.copy(params[1])
    return [params_0_bar, params_1_bar]
