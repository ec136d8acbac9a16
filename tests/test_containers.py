"""Classes registered as containers, and gradients with respect to objects and parts of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import containers


class Line:
    def __init__(self, slope, offset):
        self.slope, self.offset = slope, offset

    def at(self, x):
        return self.slope * x + self.offset


class Layer:
    def __init__(self, weights, name):
        self.weights = weights
        self.name = name
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return np.tanh(x @ self.weights)


class Network:
    def __init__(self, layers, scale):
        self.layers = layers
        self.scale = scale

    def loss(self, x):
        for layer in self.layers:
            x = layer(x)
        return np.sum(x**2) * self.scale


def network() -> Network:
    random = np.random.default_rng(3)
    layers = [Layer(random.normal(size=(3, 2)), "first"), Layer(random.normal(size=(2, 2)), "last")]
    return Network(layers, 1.5)


X = np.linspace(-1.0, 1.0, 12).reshape(4, 3)


def loss(net: Any, x: Any) -> Any:
    return net.loss(x)


def differences(net: Network, array: Any) -> Any:
    found = np.zeros_like(array)
    for i in np.ndindex(array.shape):
        kept = array[i]
        array[i] = kept + 1e-6
        above = net.loss(X)
        array[i] = kept - 1e-6
        found[i] = (above - net.loss(X)) / 2e-6
        array[i] = kept
    return found


def test_gradient_is_an_object_of_the_same_class() -> None:
    net = network()
    gradient = srcgrad.grad(loss)(net, X)
    assert type(gradient) is Network
    assert [type(layer) for layer in gradient.layers] == [Layer, Layer]
    for layer, like in zip(gradient.layers, net.layers, strict=True):
        np.testing.assert_allclose(layer.weights, differences(net, like.weights), atol=1e-7)
        assert layer.name == like.name
    assert gradient.scale == pytest.approx(net.loss(X) / net.scale)


def test_arguments_keep_their_attributes() -> None:
    net = network()
    srcgrad.grad(loss)(net, X)
    assert [layer.calls for layer in net.layers] == [0, 0]


def test_gradient_by_path() -> None:
    net = network()
    whole = srcgrad.grad(loss)(net, X)
    by_path = srcgrad.grad(loss, wrt=("net.layers[1].weights", "net.scale"))(net, X)
    np.testing.assert_array_equal(by_path[0], whole.layers[1].weights)
    assert by_path[1] == whole.scale
    of_method = srcgrad.grad(net.loss, wrt="self.layers[0].weights")(X)
    np.testing.assert_array_equal(of_method, whole.layers[0].weights)


LINES = [Line(np.array([1.0, 2.0]), 0.5), Line(np.array([3.0, 4.0]), 0.1)]


def outside(x: Any) -> Any:
    for line in LINES:
        x = np.sin(line.at(x))
    return np.sum(x)


def test_gradient_by_path_from_outside() -> None:
    x = np.array([0.3, 0.7])
    slope, offset = srcgrad.grad(outside, wrt=("LINES[0].slope", "LINES[1].offset"))(x)
    inner = np.sin(LINES[0].at(x))
    outer = np.cos(LINES[1].at(inner))
    np.testing.assert_allclose(slope, outer * LINES[1].slope * np.cos(LINES[0].at(x)) * x)
    np.testing.assert_allclose(offset, np.sum(outer))


@pytest.mark.parametrize("path", ["net.layers[7].weights", "net.nothing", "net.layers[0].nothing"])
def test_parts_that_are_not_there(path: str) -> None:
    with pytest.raises(srcgrad.ArgumentError, match="does not have"):
        srcgrad.grad(loss, wrt=path)(network(), X)


@pytest.mark.parametrize("path", ["net.", "net + 1", "net.layers[i]", ""])
def test_bad_paths(path: str) -> None:
    with pytest.raises(srcgrad.ArgumentError):
        srcgrad.grad(loss, wrt=path)


def test_registered_classes_are_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_registered", {})
    srcgrad.register_container(
        Line, lambda line: ((line.slope, line.offset), "rest"), lambda rest, parts: Line(*parts)
    )
    vector, unravel = srcgrad.ravel({"a": Line(1.0, np.array([2.0, 3.0])), "b": 4.0})
    np.testing.assert_array_equal(vector, [1.0, 2.0, 3.0, 4.0])
    again = unravel(2 * vector)["a"]
    assert type(again) is Line
    np.testing.assert_array_equal(again.offset, [4.0, 6.0])
    gradient = srcgrad.grad(lambda line, x: line.at(x) ** 2)(Line(2.0, 1.0), 3.0)
    assert (type(gradient), gradient.slope, gradient.offset) == (Line, 42.0, 14.0)


def test_bad_registration() -> None:
    with pytest.raises(srcgrad.ArgumentError, match="class and two functions"):
        srcgrad.register_container(Line(1.0, 2.0), len, len)  # type: ignore[arg-type]
