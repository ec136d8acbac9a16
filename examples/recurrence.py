"""A loop of 100 steps, differentiated with respect to both of its parameters."""

import numpy as np

import srcgrad


@srcgrad.value_and_grad(argnums=(0, 1))
def recurrence(a, b):
    z = 0
    for i in range(100):
        z = a * np.cos(z + i) + z * np.sin(b - i)
    return z


def main():
    value, (a_bar, b_bar) = recurrence(0.7, 0.4)
    print(recurrence.source)
    print("value:", value)
    print("gradient:", a_bar, b_bar)


if __name__ == "__main__":
    main()
