"""A neural network built from layer objects."""

from abc import ABC, abstractmethod

import numpy as np


class Parameter:
    def __init__(self, value, name=""):
        self.value = np.asarray(value, dtype=float)
        self.name = name

    @property
    def shape(self):
        return self.value.shape

    def __repr__(self):
        return f"Parameter({self.name}, shape={self.shape})"


class Layer(ABC):
    training = True

    def parameters(self):
        return [p for p in vars(self).values() if isinstance(p, Parameter)]

    @abstractmethod
    def forward(self, x): ...

    def __call__(self, x):
        return self.forward(x)


class Dense(Layer):
    def __init__(self, n_in, n_out, rng):
        limit = np.sqrt(6.0 / (n_in + n_out))
        self.W = Parameter(rng.uniform(-limit, limit, (n_in, n_out)), "W")
        self.b = Parameter(np.zeros(n_out), "b")

    def forward(self, x):
        return x @ self.W.value + self.b.value


class LayerNorm(Layer):
    def __init__(self, n, eps=1e-5):
        self.gain = Parameter(np.ones(n), "gain")
        self.bias = Parameter(np.zeros(n), "bias")
        self.eps = eps

    def forward(self, x):
        mu = x.mean(axis=-1, keepdims=True)
        var = x.var(axis=-1, keepdims=True)
        return self.gain.value * (x - mu) / np.sqrt(var + self.eps) + self.bias.value


class Activation(Layer):
    FUNCTIONS = {
        "tanh": np.tanh,
        "relu": lambda x: np.maximum(x, 0.0),
        "gelu": lambda x: 0.5 * x * (1.0 + np.tanh(0.79788456 * (x + 0.044715 * x**3))),
        "softplus": lambda x: np.logaddexp(0.0, x),
    }

    def __init__(self, kind):
        self.kind = kind

    def forward(self, x):
        return self.FUNCTIONS[self.kind](x)


class Dropout(Layer):
    def __init__(self, rate, seed=0):
        self.rate = rate
        self.seed = seed

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        mask = np.random.default_rng(self.seed).random(x.shape) >= self.rate
        return x * mask / (1 - self.rate)


class Residual(Layer):
    def __init__(self, *layers):
        self.layers = layers

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def forward(self, x):
        h = x
        for layer in self.layers:
            h = layer(h)
        return x + h


class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = list(layers)

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])

    def __getitem__(self, i):
        return self.layers[i]

    def __len__(self):
        return len(self.layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def load(self, values):
        for p, value in zip(self.parameters(), values, strict=True):
            p.value = value
        return self


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def cross_entropy(logits, labels):
    return -log_softmax(logits)[range(len(labels)), labels].mean()


def make_network(seed=0):
    rng = np.random.default_rng(seed)
    return Sequential(
        Dense(3, 5, rng),
        LayerNorm(5),
        Activation("gelu"),
        Residual(Dense(5, 4, rng), Activation("tanh"), Dropout(0.25, seed=3), Dense(4, 5, rng)),
        Activation("softplus"),
        Dense(5, 3, rng),
    )


network = make_network()


def network_loss(net, x, labels):
    """Of a network object: the gradient is with respect to what it holds."""
    return cross_entropy(net(x), labels)


def input_loss(x, labels):
    """How the loss of the module's network changes with its inputs."""
    return cross_entropy(network(x), labels) + 1e-2 * sum(
        np.sum(p.value**2) for p in network.parameters()
    )


def loaded_loss(values, x, labels):
    """Fresh values are put into a network before it runs."""
    net = make_network().load(values)
    penalty = sum(np.sum(p.value**2) for p in net.parameters() if p.name == "W")
    return cross_entropy(net.forward(x), labels) + 1e-3 * penalty


def sgd_loss(values, grads, lr, x, labels):
    """The loss after one step of SGD along given gradients."""
    stepped = [v - lr * g for v, g in zip(values, grads, strict=True)]
    return loaded_loss(stepped, x, labels)


def make_batch():
    rng = np.random.default_rng(7)
    return rng.normal(size=(4, 3)), np.array([0, 2, 1, 2])


def make_values(scale=1.0, seed=0):
    rng = np.random.default_rng(seed + 10)
    return [
        scale * (p.value + 0.1 * rng.normal(size=p.shape)) for p in make_network(seed).parameters()
    ]


ENTRIES = [
    (network_loss, lambda: (make_network(), *make_batch()), 1),
    (input_loss, make_batch, 0),
    (loaded_loss, lambda: (make_values(), *make_batch()), (0, 1)),
    (sgd_loss, lambda: (make_values(), make_values(0.1, 1), 0.3, *make_batch()), (0, 2)),
]

if __name__ == "__main__":
    print(network[0], len(network), network_loss(network, *make_batch()))
