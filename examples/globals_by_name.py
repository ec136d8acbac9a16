"""A model whose parameters are module-level variables, differentiated by their names."""

import srcgrad

a = 2.0
b = 1.0


def model(x):
    return a * x + b


def loss(x, y):
    return (y - model(x)) ** 2


loss_gradient = srcgrad.grad(loss, wrt=("a", "b"))


def train(points, steps=200, rate=0.05):
    """Fit `a` and `b`; the gradient reads their present values at every call."""
    global a, b
    for _ in range(steps):
        for x, y in points:
            a_bar, b_bar = loss_gradient(x, y)
            a -= rate * a_bar
            b -= rate * b_bar


def main():
    a_bar, b_bar = loss_gradient(1.0, 2.0)
    print(loss_gradient.source)
    print("at a = 2, b = 1:", a_bar, b_bar)
    train([(0.0, -1.0), (1.0, 2.0), (2.0, 5.0)])
    print(f"fitted: y = {a:.6f} x + {b:.6f}")


if __name__ == "__main__":
    main()
