"""A loop over the items of a dict is written out."""

import numpy as np


def for_dict_items(params):
    penalty = 0.0
    for name, value in params.items():
        if name != "bias":
            penalty = penalty + np.sum(value**2)
    return penalty * params["bias"]


EXAMPLE = ({"w": np.array([0.3, -1.2, 0.8]), "scale": 0.4, "bias": 1.7},)


# gradient


import numpy as np


def for_dict_items_grad(params):  # params: {'w': float64[n], 'scale': float, 'bias': float}
    # forward sweep
    value = params["w"]
    value_1 = params["scale"]
    penalty = np.sum(value**2)
    penalty += np.sum(value_1**2)
    penalty_bar = params["bias"]

    # reverse sweep
    # 10: penalty = penalty + np.sum(value**2)
    t = 2 * penalty_bar
    value_bar = t * value_1
    value_bar_1 = t * value
    return {"w": value_bar_1, "scale": value_bar, "bias": penalty}
