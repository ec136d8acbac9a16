"""Parameters in a dict."""

import numpy as np


def dict_parameter(params, x):
    hidden = np.tanh(params["w"] @ x + params["b"])
    return params["scale"] * np.sum(hidden)


EXAMPLE = (
    {"w": np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]), "b": np.array([0.3, -1.2]), "scale": 0.4},
    np.array([0.7, -0.4, 1.3]),
)


# gradient


import numpy as np


# params: {'w': float64[n, m], 'b': float64[k], 'scale': float}; x: float64[p]
def dict_parameter_grad(params, x):
    # forward sweep
    hidden = np.tanh(params["w"] @ x + params["b"])
    hidden_bar = params["scale"]
    params_scale_bar = np.sum(hidden)

    # reverse sweep
    # 7: hidden = np.tanh(params["w"] @ x + params["b"])
    params_b_bar = hidden_bar * (1 - hidden * hidden)
    params_w_bar = np.outer(params_b_bar, x)
    return {"w": params_w_bar, "b": params_b_bar, "scale": params_scale_bar}
