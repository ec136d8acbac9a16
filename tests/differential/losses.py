"""Functions that people differentiate, each with sample arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Loss:
    """A function, one call of it, and the positions to differentiate by."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: tuple[int, ...]


LOSSES: list[Loss] = []


def loss(*args: Any, argnums: tuple[int, ...] = (0,)) -> Callable[..., Any]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        LOSSES.append(Loss(function, args, argnums))
        return function

    return register


def table(*shape: int, shift: float = 0.0) -> Any:
    """Numbers between -1 and 1 that are all different."""
    count = int(math.prod(shape))
    return np.sin(1.7 * np.arange(1.0, count + 1.0) ** 1.1 + shift).reshape(shape)


X = table(7, 3)
Y = table(7, shift=0.4)
LABELS = np.array([0, 2, 1, 1, 0, 2, 2])
SIGNS = np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0])
POSITIONS = np.array([[0.0, 0.1, 0.3], [1.2, -0.4, 0.2], [-0.7, 0.9, 1.1], [0.4, 1.5, -0.8]])
MASSES = np.array([1.0, 0.5, 2.0, 0.7])


# regression and classification --------------------------------------------------------------------


@loss(table(3), 0.3, X, Y, argnums=(0, 1))
def least_squares(w, b, x, y):
    residual = x @ w + b - y
    return np.mean(residual**2)


@loss(table(3), X, Y, 0.1, argnums=(0, 3))
def ridge(w, x, y, strength):
    return np.sum((np.dot(x, w) - y) ** 2) + strength * np.sum(w**2)


@loss(table(3), X, Y, 0.2, argnums=(0, 3))
def lasso(w, x, y, strength):
    return 0.5 * np.mean((x @ w - y) ** 2) + strength * np.sum(np.abs(w))


@loss(table(3), X, Y, 0.5, 0.3, argnums=(0, 3, 4))
def elastic_net(w, x, y, l1, l2):
    error = np.dot(x, w) - y
    return np.dot(error, error) / len(y) + l1 * np.sum(np.abs(w)) + l2 * np.dot(w, w)


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1.0)


@loss(table(3), 0.1, X, SIGNS, argnums=(0, 1))
def logistic_regression(w, b, x, signs):
    p = sigmoid(x @ w + b)
    t = (signs + 1.0) / 2.0
    return -np.sum(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))


@loss(table(3), X, SIGNS)
def logistic_loss_by_logaddexp(w, x, signs):
    return np.mean(np.logaddexp(0.0, -signs * (x @ w)))


@loss(table(3, 3), table(3, shift=1.0), X, LABELS, argnums=(0, 1))
def softmax_regression(w, b, x, labels):
    logits = x @ w + b
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


@loss(table(3, 3), X, LABELS)
def softmax_with_one_hot(w, x, labels):
    logits = x @ w
    top = np.max(logits, axis=1)
    total = top + np.log(np.sum(np.exp(logits - top[:, None]), axis=1))
    one_hot = (labels[:, None] == np.arange(3)[None, :]) * 1.0
    return np.mean(total - np.sum(logits * one_hot, axis=1))


@loss(table(3), X, SIGNS)
def hinge(w, x, signs):
    return np.mean(np.maximum(0.0, 1.0 - signs * (x @ w))) + 0.01 * np.sum(w * w)


@loss(table(3), X, SIGNS)
def squared_hinge(w, x, signs):
    margin = 1.0 - signs * np.dot(x, w)
    return np.sum(np.where(margin > 0, margin**2, 0.0))


@loss(table(3), 0.2, X, np.array([0, 2, 1, 3, 0, 1, 4]), argnums=(0, 1))
def poisson_regression(w, b, x, counts):
    eta = x @ w + b
    return np.sum(np.exp(eta) - counts * eta)


@loss(table(3), X, Y, 0.5, argnums=(0, 3))
def huber(w, x, y, delta):
    r = np.abs(x @ w - y)
    return np.sum(np.where(r < delta, 0.5 * r**2, delta * (r - 0.5 * delta)))


@loss(table(3), X, Y, 0.7, argnums=(0, 3))
def cauchy(w, x, y, scale):
    r = (x @ w - y) / scale
    return np.sum(np.log1p(r * r)) + len(y) * np.log(scale)


@loss(table(3), X, Y)
def pseudo_huber(w, x, y):
    r = x @ w - y
    return np.sum(np.sqrt(1.0 + r**2) - 1.0)


@loss(table(3), X, Y, 0.3)
def quantile(w, x, y, tau):
    r = y - x @ w
    return np.mean(np.maximum(tau * r, (tau - 1.0) * r))


@loss(table(3), X, Y, 3.0, argnums=(0, 3))
def student_t(w, x, y, nu):
    total = 0.0
    for row, target in zip(x, y):  # noqa: B905
        r = target - np.dot(row, w)
        total += 0.5 * (nu + 1.0) * np.log(1.0 + r**2 / nu)
    return total


@loss(table(4), 1.3, argnums=(0, 1))
def focal(logits, gamma):
    p = 1.0 / (1.0 + np.exp(-logits))
    return -np.mean((1.0 - p) ** gamma * np.log(p))


# networks -----------------------------------------------------------------------------------------


@loss([(table(3, 4), table(4)), (table(4, 2, shift=2.0), table(2))], X, table(7, 2))
def multilayer_perceptron(params, x, y):
    h = x
    for w, b in params[:-1]:
        h = np.tanh(h @ w + b)
    w, b = params[-1]
    return np.mean((h @ w + b - y) ** 2)


@loss({"w1": table(3, 4), "b1": table(4), "w2": table(4, shift=2.0), "b2": 0.1}, X, Y)
def relu_network(params, x, y):
    h = np.maximum(x @ params["w1"] + params["b1"], 0.0)
    out = h @ params["w2"] + params["b2"]
    return np.sum((out - y) ** 2)


@loss(table(4, 3), table(4, 4, shift=0.7), table(4), X, argnums=(0, 1, 2, 3))
def recurrent_network(wx, wh, b, xs):
    h = np.zeros(4)
    total = 0.0
    for x in xs:
        h = np.tanh(wx @ x + wh @ h + b)
        total = total + np.sum(h**2)
    return total


@loss(0.2 * table(16, 7), table(16), X, argnums=(0, 1))
def lstm(w, b, xs):
    h = np.zeros(4)
    c = np.zeros(4)
    for x in xs:
        z = w @ np.concatenate([x, h]) + b
        i, f, o = sigmoid(z[:4]), sigmoid(z[4:8]), sigmoid(z[8:12])
        g = np.tanh(z[12:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h) + np.sum(c**2)


def gru_cell(params, x, h):
    z = sigmoid(params["z"] @ np.concatenate([x, h]))
    r = sigmoid(params["r"] @ np.concatenate([x, h]))
    n = np.tanh(params["n"] @ np.concatenate([x, r * h]))
    return (1.0 - z) * n + z * h


@loss({"z": table(2, 5), "r": table(2, 5, shift=1.0), "n": table(2, 5, shift=2.0)}, X)
def gru(params, xs):
    h = np.zeros(2)
    for t in range(xs.shape[0]):
        h = gru_cell(params, xs[t], h)
    return h @ h


@loss(
    table(5, 4), table(4, 4), table(4, 4, shift=1.0), table(4, 4, shift=2.0), argnums=(0, 1, 2, 3)
)
def attention(x, wq, wk, wv):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.T / np.sqrt(k.shape[1])
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    return np.sum((weights @ v) ** 2)


@loss(table(2, 5, 3), table(2, 5, 3, shift=1.0), argnums=(0, 1))
def attention_in_batches(q, k):
    scores = np.matmul(q, np.swapaxes(k, 1, 2))
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=2, keepdims=True)
    return np.sum(np.matmul(weights, k) ** 2)


@loss(table(5, 4), table(4), table(4, shift=1.0), argnums=(0, 1, 2))
def layer_norm(x, gain, bias):
    mean = np.mean(x, axis=-1, keepdims=True)
    var = np.var(x, axis=-1, keepdims=True)
    y = gain * (x - mean) / np.sqrt(var + 1e-5) + bias
    return np.sum(np.sin(y))


@loss(table(6, 3), table(3), table(3, shift=1.0), argnums=(0, 1, 2))
def batch_norm(x, gain, bias):
    mean = x.mean(axis=0)
    std = x.std(axis=0)
    y = gain * (x - mean) / (std + 1e-3) + bias
    return np.sum(y**3)


@loss(table(9), table(3), argnums=(0, 1))
def convolution_by_slices(signal, kernel):
    n = len(signal) - len(kernel) + 1
    out = 0.0
    for k in range(len(kernel)):
        out = out + kernel[k] * signal[k : k + n]
    return np.sum(np.maximum(out, 0.0) ** 2)


@loss(table(6, 7), table(3, 2), argnums=(0, 1))
def image_convolution(image, kernel):
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((rows, columns))
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            out = out + kernel[i, j] * image[i : i + rows, j : j + columns]
    return np.sum(np.tanh(out))


@loss(table(6, 8))
def average_pooling(image):
    pooled = 0.25 * (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2])
    return np.sum(pooled**2)


@loss(table(4, 6))
def max_pooling(image):
    blocks = image.reshape(2, 2, 3, 2)
    return np.sum(np.max(np.max(blocks, axis=3), axis=1) ** 2)


@loss(table(5, 2), table(2, 5), X[:, :2], argnums=(0, 1))
def autoencoder(encode, decode, x):
    code = np.tanh(x @ encode.T)
    back = code @ decode.T
    return np.mean(np.sum((back - x) ** 2, axis=1))


@loss(table(6, 3), np.array([4, 0, 4, 2]))
def embedding(vectors, words):
    picked = vectors[words]
    return np.sum(np.mean(picked, axis=0) ** 2) + np.sum(picked[1:] * picked[:-1])


@loss(table(4), table(4, shift=1.0), table(4, shift=2.0), argnums=(0, 1, 2))
def triplet(anchor, near, far):
    d1 = np.sqrt(np.sum((anchor - near) ** 2))
    d2 = np.sqrt(np.sum((anchor - far) ** 2))
    return np.maximum(d1 - d2 + 2.0, 0.0)


@loss(table(4), table(4, shift=1.0), argnums=(0, 1))
def cosine_distance(a, b):
    return 1.0 - np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))


@loss(table(3), table(3, shift=1.0), table(3, shift=2.0), argnums=(0, 1))
def variational_bound(mean, log_std, noise):
    z = mean + np.exp(log_std) * noise
    divergence = 0.5 * np.sum(np.exp(2.0 * log_std) + mean**2 - 1.0 - 2.0 * log_std)
    return np.sum((z - 1.0) ** 2) + divergence


# statistics ---------------------------------------------------------------------------------------


def log_sum_exp(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis=axis)


@loss(table(2), table(2, 3), table(2, 3, shift=1.0), X, argnums=(0, 1, 2))
def gaussian_mixture(logits, means, log_scales, x):
    weights = logits - log_sum_exp(logits, 0)
    z = (x[:, None, :] - means[None, :, :]) / np.exp(log_scales)
    density = -0.5 * np.sum(z**2 + 2.0 * log_scales + math.log(2.0 * math.pi), axis=2)
    return -np.sum(log_sum_exp(weights + density, 1))


@loss(0.3, 1.2, Y, argnums=(0, 1, 2))
def normal_log_likelihood(mean, scale, y):
    z = (y - mean) / scale
    return np.sum(-0.5 * z**2 - np.log(scale) - 0.5 * np.log(2.0 * np.pi))


@loss(0.4, 0.9, X, argnums=(0, 1, 2))
def kernel_matrix(length, variance, x):
    difference = (x[:, None, :] - x[None, :, :]) / length
    kernel = variance * np.exp(-0.5 * np.sum(difference**2, axis=2))
    return np.sum(kernel) + np.trace(kernel @ kernel)


@loss(0.4, 0.9, X, Y, argnums=(0, 1))
def gaussian_process_fit_by_series(length, variance, x, y):
    """K^-1 y by a Neumann series: no solver is needed."""
    squares = np.sum(x**2, axis=1)
    distance = squares[:, None] + squares[None, :] - 2.0 * np.dot(x, x.T)
    kernel = 0.1 * variance * np.exp(-0.5 * distance / length**2)
    alpha = y
    for _ in range(6):
        alpha = y - kernel @ alpha
    return 0.5 * np.dot(y, alpha)


@loss(table(3, 3))
def sinkhorn(cost):
    kernel = np.exp(-cost / 0.5)
    u = np.ones(3)
    for _ in range(8):
        v = 1.0 / (kernel.T @ u)
        u = 1.0 / (kernel @ v)
    return np.sum(u[:, None] * kernel * v[None, :] * cost)


@loss(table(3), table(3, 3), table(3, 3, shift=1.0), LABELS, argnums=(0, 1, 2))
def hidden_markov_model(start, transition, emission, observed):
    log_t = transition - log_sum_exp(transition, 1)[:, None]
    log_e = emission - log_sum_exp(emission, 1)[:, None]
    alpha = start - log_sum_exp(start, 0) + log_e[:, observed[0]]
    for symbol in observed[1:]:
        alpha = log_sum_exp(alpha[:, None] + log_t, 0) + log_e[:, symbol]
    return log_sum_exp(alpha, 0)


@loss(0.9, 0.3, 0.5, Y, argnums=(0, 1, 2, 3))
def kalman_filter(a, q, r, ys):
    mean, var, total = 0.0, 1.0, 0.0
    for y in ys:
        mean, var = a * mean, a * var * a + q
        innovation, s = y - mean, var + r
        gain = var / s
        mean, var = mean + gain * innovation, (1.0 - gain) * var
        total = total - 0.5 * (np.log(s) + innovation**2 / s)
    return total


@loss(0.1 * table(2, 2) + np.eye(2), 0.3 * np.eye(2), 0.5, Y, argnums=(0, 1, 2))
def kalman_filter_of_two(a, q, r, ys):
    mean, cov = np.zeros(2), np.eye(2)
    h = np.array([1.0, 0.0])
    total = 0.0
    for y in ys:
        mean = a @ mean
        cov = a @ cov @ a.T + q
        s = h @ cov @ h + r
        gain = cov @ h / s
        error = y - h @ mean
        mean = mean + gain * error
        cov = cov - np.outer(gain, h @ cov)
        total += np.log(s) + error**2 / s
    return 0.5 * total


@loss(0.2, 0.5, 0.3, Y, argnums=(0, 1, 2))
def garch(omega, alpha, beta, returns):
    var = omega / (1.0 - alpha)
    total = 0.0
    for r in returns:
        total += np.log(var) + r * r / var
        var = omega + alpha * r**2 + beta * var
    return 0.5 * total


# physics ------------------------------------------------------------------------------------------


@loss(POSITIONS, MASSES, argnums=(0, 1))
def n_body_energy(positions, masses):
    energy = 0.0
    for i in range(len(masses)):
        for j in range(i):
            distance = np.sqrt(np.sum((positions[i] - positions[j]) ** 2) + 1e-2)
            energy -= masses[i] * masses[j] / distance
    return energy


@loss(POSITIONS, 0.9, argnums=(0, 1))
def lennard_jones(positions, sigma):
    difference = positions[:, None, :] - positions[None, :, :]
    squares = np.sum(difference**2, axis=-1) + np.eye(len(positions))
    sixth = (sigma**2 / squares) ** 3
    pairs = (1.0 - np.eye(len(positions))) * (sixth**2 - sixth)
    return 2.0 * np.sum(pairs)


@loss(0.8, 0.0, 1.3, argnums=(0, 1, 2))
def pendulum_by_leapfrog(angle, speed, length):
    step = 0.05
    for _ in range(30):
        speed -= 0.5 * step * 9.81 / length * math.sin(angle)
        angle += step * speed
        speed -= 0.5 * step * 9.81 / length * math.sin(angle)
    return angle**2 + speed**2


def lorenz(state, sigma, rho, beta):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


@loss(np.array([1.0, 0.5, -0.3]), 10.0, 28.0, 8.0 / 3.0, argnums=(0, 1, 2, 3))
def lorenz_by_runge_kutta(state, sigma, rho, beta):
    h = 0.01
    for _ in range(10):
        k1 = lorenz(state, sigma, rho, beta)
        k2 = lorenz(state + 0.5 * h * k1, sigma, rho, beta)
        k3 = lorenz(state + 0.5 * h * k2, sigma, rho, beta)
        k4 = lorenz(state + h * k3, sigma, rho, beta)
        state = state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(state**2)


@loss(np.array([2.0, 1.0]), (1.1, 0.4, 0.1, 0.4), argnums=(0, 1))
def predator_and_prey(populations, rates):
    prey, predators = populations
    a, b, c, d = rates
    for _ in range(20):
        prey, predators = (
            prey + 0.05 * (a * prey - b * prey * predators),
            predators + 0.05 * (c * prey * predators - d * predators),
        )
    return prey * predators


@loss(table(8), 0.2, argnums=(0, 1))
def heat_equation(u, diffusion):
    for _ in range(10):
        middle = u[1:-1] + diffusion * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], middle, u[-1:]])
    return np.sum(u**2)


@loss(table(6), 0.3, argnums=(0, 1))
def wave_on_a_ring(u, speed):
    before = u
    for _ in range(8):
        bend = np.roll(u, 1) - 2.0 * u + np.roll(u, -1)
        before, u = u, 2.0 * u - before + speed**2 * bend
    return np.sum(u**2) + np.sum(u * before)


@loss(30.0, 0.8, 0.02, argnums=(0, 1, 2))
def projectile_with_drag(speed, angle, drag):
    x, y = 0.0, 0.0
    vx, vy = speed * np.cos(angle), speed * np.sin(angle)
    while y >= 0.0:
        v = np.sqrt(vx**2 + vy**2)
        x, y = x + 0.1 * vx, y + 0.1 * vy
        vx, vy = vx - 0.1 * drag * v * vx, vy - 0.1 * (9.81 + drag * v * vy)
    return x


@loss(table(6, 2))
def curve_length(points):
    steps = points[1:] - points[:-1]
    return np.sum(np.sqrt(np.sum(steps**2, axis=1)))


@loss(np.array([0.3, -0.2, 0.4]), np.array([1.0, 0.8, 0.5]), argnums=(0, 1))
def robot_arm(angles, lengths):
    x, y, total = 0.0, 0.0, 0.0
    for angle, length in zip(angles, lengths):  # noqa: B905
        total = total + angle
        x = x + length * np.cos(total)
        y = y + length * np.sin(total)
    return (x - 1.2) ** 2 + (y - 0.9) ** 2


@loss(table(3), table(3, shift=1.0), argnums=(0, 1))
def rotation_of_a_vector(axis, v):
    angle = np.sqrt(np.dot(axis, axis))
    k = axis / angle
    cross = np.array(
        [k[1] * v[2] - k[2] * v[1], k[2] * v[0] - k[0] * v[2], k[0] * v[1] - k[1] * v[0]]
    )
    turned = v * np.cos(angle) + cross * np.sin(angle) + k * np.dot(k, v) * (1.0 - np.cos(angle))
    return turned @ np.array([1.0, -0.5, 2.0])


# numerics and finance -----------------------------------------------------------------------------


@loss(table(6))
def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@loss(table(4))
def rosenbrock_by_a_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


@loss(table(5))
def ackley(x):
    first = -20.0 * np.exp(-0.2 * np.sqrt(np.mean(x**2)))
    return first - np.exp(np.mean(np.cos(2.0 * np.pi * x))) + 20.0 + np.e


@loss(table(5))
def rastrigin(x):
    return 10.0 * x.size + np.sum(x**2 - 10.0 * np.cos(2.0 * np.pi * x))


@loss(table(5), 0.63, argnums=(0, 1))
def polynomial_by_horner(coefficients, x):
    value = 0.0
    for c in coefficients[::-1]:
        value = value * x + c
    return value


@loss(table(5), 2.4)
def linear_spline(values, x):
    k = int(x)
    t = x - k
    return (1.0 - t) * values[k] + t * values[k + 1]


@loss(table(7), table(5, shift=1.0))
def cubic_spline(controls, at):
    total = 0.0
    for x in at:
        u = 1.5 + x
        k = int(np.floor(u))
        t = u - k
        p0, p1, p2, p3 = controls[k], controls[k + 1], controls[k + 2], controls[k + 3]
        a, b, c = p3 - p2 + p1 - p0, 2.0 * p0 - 2.0 * p1 - p3 + p2, p2 - p0
        total += ((a * t + b) * t + c) * t + p1
    return total


@loss(table(4, 2), 0.35, argnums=(0, 1))
def bezier(points, t):
    while len(points) > 1:
        points = (1.0 - t) * points[:-1] + t * points[1:]
    return np.sum(points**2)


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@loss(100.0, 95.0, 0.7, 0.02, 0.25, argnums=(0, 1, 2, 3, 4))
def black_scholes(spot, strike, years, rate, volatility):
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    d2 = d1 - spread
    return spot * normal_cdf(d1) - strike * math.exp(-rate * years) * normal_cdf(d2)


@loss(100.0, 95.0, 0.02, 0.25, argnums=(0, 1, 2, 3))
def binomial_option(spot, strike, rate, volatility):
    steps, dt = 6, 0.1
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    value = np.maximum(spot * up ** (2.0 * np.arange(steps + 1) - steps) - strike, 0.0)
    for _ in range(steps):
        value = np.exp(-rate * dt) * (p * value[1:] + (1.0 - p) * value[:-1])
    return value[0]


@loss(2.0, 0.6, argnums=(0, 1))
def square_root_by_newton(x, start):
    y = start
    for _ in range(50):
        step = 0.5 * (y - x / y)
        y = y - step
        if abs(step) < 1e-12:
            break
    return y


@loss(table(3, 3) + 3.0 * np.eye(3), table(3), argnums=(0, 1))
def power_iteration(a, v):
    for _ in range(12):
        v = a @ v
        v = v / np.linalg.norm(v)
    return v @ a @ v


@loss(table(4, 4) + 5.0 * np.eye(4), table(4), argnums=(0, 1))
def jacobi_iteration(a, b):
    diagonal = np.sum(a * np.eye(4), axis=1)
    rest = a - np.diag(diagonal)
    x = np.zeros(4)
    for _ in range(15):
        x = (b - rest @ x) / diagonal
    return np.sum(x**2)


@loss(table(4, 4), table(4), argnums=(0, 1))
def conjugate_gradients(m, b):
    a = m @ m.T + 2.0 * np.eye(4)
    x, r = np.zeros(4), b
    p = r
    for _ in range(4):
        ap = a @ p
        alpha = (r @ r) / (p @ ap)
        x, r_next = x + alpha * p, r - alpha * ap
        p = r_next + (r_next @ r_next) / (r @ r) * p
        r = r_next
    return b @ x


@loss(table(3), 0.3, X, Y, argnums=(0, 1))
def training_steps(w, rate, x, y):
    for _ in range(5):
        residual = x @ w - y
        w = w - rate * (x.T @ residual) / len(y)
    return np.mean((x @ w - y) ** 2)
