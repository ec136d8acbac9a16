"""A convolutional network written with loops, and its training for a few steps."""

from types import SimpleNamespace

import numpy as np


def conv2d(image, kernel, bias, stride=1, padding=0):
    """image: (channels, height, width); kernel: (out, in, k, k)."""
    if padding > 0:
        image = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    c_out, c_in, k, _ = kernel.shape
    _, height, width = image.shape
    h = (height - k) // stride + 1
    w = (width - k) // stride + 1
    out = np.zeros((c_out, h, w))
    for o in range(c_out):
        for i in range(h):
            for j in range(w):
                top, left = i * stride, j * stride
                patch = image[:, top : top + k, left : left + k]
                out[o, i, j] = np.sum(patch * kernel[o]) + bias[o]
    return out


def max_pool(x, size=2):
    c, height, width = x.shape
    out = np.empty((c, height // size, width // size))
    for ch in range(c):
        for i in range(height // size):
            for j in range(width // size):
                window = x[ch, i * size : (i + 1) * size, j * size : (j + 1) * size]
                out[ch, i, j] = window.max()
    return out


def average_pool(x, size=2):
    c, h, w = x.shape
    return x.reshape(c, h // size, size, w // size, size).mean(axis=(2, 4))


def relu(x):
    return np.where(x > 0, x, 0.0)


def leaky_relu(x, slope=0.1):
    return np.maximum(x, slope * x)


def im2col(image, k):
    c, h, w = image.shape
    columns = [
        image[:, i : i + k, j : j + k].ravel() for i in range(h - k + 1) for j in range(w - k + 1)
    ]
    return np.stack(columns, axis=1)


def conv_by_columns(image, kernel, bias):
    k = kernel.shape[-1]
    h, w = image.shape[1] - k + 1, image.shape[2] - k + 1
    flat = kernel.reshape(len(kernel), -1) @ im2col(image, k)
    return flat.reshape(-1, h, w) + bias[:, None, None]


def softmax_cross_entropy(logits, label):
    shifted = logits - np.max(logits)
    return np.log(np.exp(shifted).sum()) - shifted[label]


class BatchNorm:
    """Keeps running statistics while training."""

    def __init__(self, channels, momentum=0.9):
        self.running_mean = np.zeros(channels)
        self.running_var = np.ones(channels)
        self.momentum = momentum
        self.training = True

    def __call__(self, x, gamma, beta):
        if self.training:
            mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        shape = (1, -1, 1, 1)
        normed = (x - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + 1e-5)
        return gamma.reshape(shape) * normed + beta.reshape(shape)


CONFIG = SimpleNamespace(stride=1, padding=1, pool="max", activation=relu, decay=1e-3)


def network(params, image, config=CONFIG):
    x = conv2d(image, params["k1"], params["b1"], config.stride, config.padding)
    x = config.activation(x)
    x = max_pool(x) if config.pool == "max" else average_pool(x)
    x = leaky_relu(conv_by_columns(x, params["k2"], params["b2"]))
    return x.flatten() @ params["w"] + params["c"]


def loss(params, images, labels):
    total = 0.0
    for image, label in zip(images, labels, strict=True):
        total += softmax_cross_entropy(network(params, image), label)
    penalty = sum((v**2).sum() for name, v in params.items() if not name.startswith("b"))
    return total / len(images) + CONFIG.decay * penalty


def pooled_loss(params, images, labels):
    config = SimpleNamespace(**{**vars(CONFIG), "pool": "average", "activation": np.tanh})
    logits = np.array([network(params, image, config) for image in images])
    return -np.mean(logits[np.arange(len(labels)), labels]) + np.log(np.sum(np.exp(logits)))


def normalised_loss(images, kernel, gamma, beta):
    """Training batch first, then the same layer with its running statistics."""
    bn = BatchNorm(len(kernel))
    zero = np.zeros(len(kernel))
    features = np.stack([conv2d(image, kernel, zero) for image in images])
    trained = bn(features, gamma, beta)
    bn.training = False
    tested = bn(features[:1], gamma, beta)
    return np.mean(np.abs(trained)) + (tested**2).mean()


def edge_loss(kernel, image):
    """A kernel that is to find edges: of one channel, written with scalars alone."""
    h, w = len(image), len(image[0])
    energy = 0.0
    for i in range(1, h - 1):
        for j in range(1, w - 1):
            response = 0.0
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    response += kernel[di + 1][dj + 1] * image[i + di][j + dj]
            if response > 0:
                energy += response**2
            else:
                energy -= 0.1 * response
    norm = sum(k * k for row in kernel for k in row)
    return -energy / norm


def make_params(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "k1": 0.5 * rng.normal(size=(2, 1, 3, 3)),
        "b1": 0.1 * rng.normal(size=2),
        "k2": 0.5 * rng.normal(size=(3, 2, 2, 2)),
        "b2": 0.1 * rng.normal(size=3),
        "w": 0.5 * rng.normal(size=(3 * 2 * 2, 3)),
        "c": np.zeros(3),
    }


def make_images(n=2, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(1, 6, 6)) for _ in range(n)], [2, 0]


def make_edges():
    rng = np.random.default_rng(14)
    kernel = [[1.0, 0.5, -1.0], [2.0, 0.1, -2.0], [1.0, -0.3, -1.0]]
    return kernel, rng.normal(size=(5, 4)).tolist()


def make_normalised():
    rng = np.random.default_rng(15)
    images = rng.normal(size=(2, 1, 4, 4))
    return images, rng.normal(size=(2, 1, 2, 2)), np.array([1.1, 0.8]), np.array([0.1, -0.2])


ENTRIES = [
    (loss, lambda: (make_params(), *make_images()), (0, 1)),
    (pooled_loss, lambda: (make_params(), *make_images()), (0, 1)),
    (normalised_loss, make_normalised, (0, 1, 2, 3)),
    (edge_loss, make_edges, (0, 1)),
]

if __name__ == "__main__":
    print(loss(make_params(), *make_images()), edge_loss(*make_edges()))
