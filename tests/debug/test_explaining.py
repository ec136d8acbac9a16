"""Explanations: columns that hold every line, rules in words, and formulas that are right."""

from __future__ import annotations

import ast
import doctest
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from golden import CASES, GoldenCase

import srcgrad
from srcgrad import runtime
from srcgrad.debug.explaining import Explanation, latex
from srcgrad.debug.explaining import explanation as explanation_module
from srcgrad.errors import ArgumentError
from srcgrad.making import pullback_of, tangent_of
from srcgrad.rules import table
from srcgrad.rules.shapes import ufunc


def explain(function: Callable[..., Any], *args: Any, **options: Any) -> Explanation:
    return srcgrad.grad(function, **options).explain(*args)


def words(found: Any) -> str:
    """The text on one line."""
    return " ".join(str(found).split())


# formulas -----------------------------------------------------------------------------------------


def layers(w, b, x):
    h = np.tanh(x @ w + b)
    s = np.mean(h, axis=1)
    return np.sum(s**2) / len(s)


def elements(w, b, x):
    y = np.zeros_like(b)
    y[0] = w[0, 1] * b[1]
    y[1:] = np.exp(b[1:]) - y[0]
    y[1] += np.max(w[:, 0])
    return np.dot(y, np.log(b)) / np.sqrt(np.sum(x) + b[0])


def shapes(w, b, x):
    p = np.concatenate([np.ravel(w), b])
    q = np.where(p > 0.5, p, p * 0.1)
    r = np.outer(q, b).T - np.prod(b)
    return np.sum(np.cumsum(r, axis=1)) * np.linalg.norm(w)


def numbers(w, b, x):
    u = w[0, 0] / b[0]
    z = u ** b[1] + abs(u)
    t = max(u, z) - np.hypot(u, b[2])
    return (2.0 - t) * np.clip(z, 0.0, 9.0)


POINT = (
    np.array([[0.6, 0.9, 0.4], [0.8, 1.1, 0.7]]),
    np.array([1.2, 0.7, 0.9]),
    np.array([[0.5, 0.3], [0.1, 0.9], [0.4, 0.4], [0.8, 0.2]]),
)


def copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("function", [layers, elements, shapes, numbers])
def test_formulas_are_the_derivative(function: Callable[..., Any]) -> None:
    """Run as they stand, the operations and then the formulas backwards give the gradient."""
    explanation = explain(function, *POINT, argnums=(0, 1))
    rules = [r for step in explanation.steps for r in step.rules]
    helpers = {"np": np, **vars(runtime)}
    space: dict[str, Any] = {**helpers, **dict(zip("wbx", map(np.copy, POINT), strict=True))}
    after: list[dict[str, Any]] = []
    for rule in rules:
        exec(rule.operation, space)
        after.append({n: copied(v) for n, v in space.items()})
    assert after[-1]["result"] == pytest.approx(function(*POINT))
    arrays = {n: v for n, v in space.items() if isinstance(v, float | np.ndarray)}
    bars: dict[str, Any] = {f"{n}_bar": np.zeros(np.shape(v)) for n, v in arrays.items()}
    bars |= {f"v{i}_{k}_bar": 0.0 for i in range(9) for k in range(2)}  # those of parts of tuples
    bars["result_bar"] = np.array(1.0)
    for rule, values in reversed([*zip(rules, after, strict=True)]):
        exec("\n".join(rule.formulas), helpers, local := {**values, **bars})
        bars |= {n: local[n] for n in bars}
    for name, want in zip("wb", srcgrad.grad(function, (0, 1))(*POINT), strict=True):
        np.testing.assert_allclose(bars[f"{name}_bar"], want, rtol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_rule_has_words_and_formulas(case: GoldenCase) -> None:
    gradient = case.gradient()
    for step in getattr(gradient, "gradient", gradient).explain(*case.args).steps:
        for rule in step.rules:
            assert rule.words
            said = any(t in rule.words for t in ("the reverse sweep goes", "adds nothing"))
            assert not rule.active or rule.formulas or said, rule
            for formula in rule.formulas:
                ast.parse(formula)


def test_tangents() -> None:
    def f(x, y):
        h = np.tanh(x)
        for _ in range(2):
            h = h * y
        return h[0]

    x = np.ones(3)
    explanation = tangent_of(f, (0, 1)).explain(x, 2.0, x, 1.0)
    assert "h_dot = x_dot * (1 - h * h)" in str(explanation["x"])
    assert "h_dot = h_old_dot * y + y_dot * h_old" in str(explanation["y"])
    assert "tangents are carried along" in str(explanation.steps)
    assert "sweep" not in str(explanation)
    assert str(explanation).count("\n\n") == 1


def test_pullbacks() -> None:
    explanation = pullback_of(lambda x: np.sin(x) * 2.0, 0).explain(np.ones(3), np.ones(3))
    assert "x_bar += v1_bar * np.cos(x)" in str(explanation)
    assert "result_bar is 1.0" not in words(explanation)


# words --------------------------------------------------------------------------------------------


def test_rules_in_words() -> None:
    found = words(explain(layers, *POINT).steps)
    assert "the derivative of y = np.tanh(x) by x is 1 - y * y, so" in found
    assert "np.mean: the adjoint of a sum, divided" in found
    assert "the derivative of y = a ** 2 by a is 2 * a, so" in found
    assert "the derivative of y = a / b by a is 1 / b (result_bar is 1.0, where" in found


def np_tanh(x):
    h = np.tanh(x)
    return h


def test_broadcast_and_old_values() -> None:
    def f(b, x):
        x = x + b
        x = x * x
        return np.sum(x)

    found = words(explain(f, 1.0, np.ones(3), argnums=(0, 1)))
    assert "b is broadcast, so that its adjoint is a sum" in found
    assert "(x_old is x before this line), so" in found
    assert "x_old_bar += 2.0 * (x_bar * x_old)" in found


def test_why_nothing_flows() -> None:
    def f(x, k):
        n = len(x)
        best = np.argmax(x)
        scale = k * 2.0
        y = x[best] * scale
        unused = np.sin(x)  # noqa: F841
        z = np.zeros_like(x)
        print(n)
        return y + np.sum(z) + n

    explanation = explain(f, np.ones(3), 2.0)
    first = inspect.getsourcelines(f)[1]
    assert "by its rule, len is constant" in str(explanation.line(first + 1))
    assert "by its rule, np.argmax is constant" in str(explanation["best"])
    assert "it does not depend on x" in str(explanation.line(first + 3))
    assert "the result does not depend on it" in str(explanation["unused"])
    assert "np.zeros_like asks x for nothing but its shape" in str(explanation["z"])
    assert "called for what it does" in str(explanation.line(first + 7))
    assert not any(r.active for r in explanation.line(first + 2)[0].rules)


def test_statements_without_operations() -> None:
    def f(x):
        a = 3.0
        y = x
        return y * a

    explanation = explain(f, 2.0)
    first = inspect.getsourcelines(f)[1]
    assert "nothing is left to compute" in str(explanation.line(first + 1))
    assert "nothing is left to compute" in str(explanation.line(first + 2))


def test_called_functions() -> None:
    def double(x):
        return 2.0 * x

    def f(x):
        y = double(x)
        return double(y)

    explanation = explain(f, 2.0)
    inner, outer = inspect.getsourcelines(double)[1], inspect.getsourcelines(f)[1]
    assert "what it calls is taken in" in str(explanation.line(outer + 1))
    assert len(explanation.line(inner + 1)[0].rules) == 2
    assert explanation.line(inner + 1, "test_explaining.py")[0].text == "return 2.0 * x"


def test_blocks() -> None:
    def f(x, k):
        with np.errstate(all="ignore"):
            y = np.sin(x) / k
        try:
            z = y * y
        except ZeroDivisionError:
            z = x
        return z

    explanation = explain(f, 0.5, 1.0)
    first = inspect.getsourcelines(f)[1]
    assert "np.errstate(all='ignore')" in str(explanation.line(first + 1))
    assert "goes back through the branch that ran" in str(explanation.line(first + 3))
    assert "y_bar += 2.0 * (z_bar * y)" in str(explanation.line(first + 4))


def test_a_new_rule_is_explained_by_its_own_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_primitives", dict(table._primitives))
    table.elementwise(np.spacing, lambda x, y: 7 * y - x, kind=ufunc(np.sin))
    explanation = explain(lambda u: np.spacing(u) * 2.0, 3.0)
    assert "the derivative of y = np.spacing(x) by x is 7 * y - x" in words(explanation)
    assert "u_bar += v1_bar * (7 * v1 - u)" in str(explanation)


def cube(x):
    return x * x * x


def cube_rule(x, *, y, y_bar):
    return 3.0 * x**2 * y_bar


def test_rules_of_your_own() -> None:
    srcgrad.adjoint(cube)(cube_rule)
    explanation = explain(lambda x: cube(x) + 1.0, 2.0)
    line = inspect.getsourcelines(cube_rule)[1]
    place = f"cube_rule (test_explaining.py, line {line})"
    assert f"cube has a rule of your own: {place}" in words(explanation)
    assert "x_bar += 3.0 * x ** 2 * v1_bar" in str(explanation)


def clip_backward(kept, y_bar):
    return (np.clip(y_bar, -1.0, 1.0),)


def test_custom_vjp() -> None:
    same = srcgrad.custom_vjp(lambda x: x)
    same.defvjp(lambda x: (x, None), clip_backward)
    explanation = explain(lambda x: 5.0 * same(x), 2.0)
    assert "has a rule of your own: clip_backward (test_explaining.py, line" in words(explanation)
    assert "np.clip(" in str(explanation.steps)


def test_adjoint_of() -> None:
    def f(x):
        h = 3.0 * x
        with srcgrad.adjoint_of(h) as h_bar:
            h_bar = np.clip(h_bar, -1.0, 1.0)
        return h * h

    explanation = explain(f, 2.0)
    assert "the block under adjoint_of runs on it" in words(explanation)
    assert "np.clip(h_bar, -1.0, 1.0)" in str(explanation.steps)


# columns ------------------------------------------------------------------------------------------


def code_lines(source: str) -> Iterator[int]:
    lines = source.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("def "))
    for i, line in enumerate(lines[first:], first + 1):
        if line.strip() and not line.strip().startswith("#"):
            yield i


@pytest.mark.parametrize("case", CASES, ids=str)
def test_columns_hold_every_line(case: GoldenCase) -> None:
    gradient = case.gradient()
    explanation = getattr(gradient, "gradient", gradient).explain(*case.args)
    assert [r.number for r in explanation.rows if r.number] == list(code_lines(explanation.source))
    own = range(explanation.first, explanation.first + len(explanation.lines))
    forward = [r for r in explanation.rows if not r.reverse and r.place.isdigit()]
    # Lines of an inner function stand where it is defined, and again where it is called.
    assert [*dict.fromkeys(int(r.place) for r in forward if int(r.place) in own)] == [*own]
    generated = explanation.source.splitlines()
    assert all(r.derivative == generated[r.number - 1] for r in explanation.rows if r.number)


def test_text() -> None:
    text = str(explain(recurrence, 2.0, 3))
    first = inspect.getsourcelines(recurrence)[1]
    table = text.partition("\n\n")[0]
    shown = [line.partition("|")[::2] for line in table.splitlines()]
    assert [(left.strip(), right.strip()) for left, right in shown] == [
        ("recurrence", "its derivative"),
        (f"{first}  def recurrence(x, n):", "4  def recurrence_grad(x, n):  # x: float; n: int"),
        ("", "6      tape = []"),
        (f"{first + 1}      h = 0.0", "7      h = 0.0"),
        (f"{first + 2}      for _ in range(n):", "8      for _ in range(n):"),
        (f"{first + 3}          h = np.sin(h + x)", "9          t = h + x"),
        ("", "10          tape.append(t)"),
        ("", "11          h = np.sin(t)"),
        (f"{first + 4}      return h", ""),
        ("", "# reverse sweep"),
        ("", "14      h_bar = 1.0"),
        ("", "15      x_bar = 0.0"),
        (f"{first + 2}      for _ in range(n):", "16      for _ in range(n):"),
        ("", "17          t = tape.pop()"),
        (f"{first + 3}          h = np.sin(h + x)", "19          h_bar *= np.cos(t)"),
        ("", "20          x_bar += h_bar"),
        ("", "21      return x_bar"),
    ]


def recurrence(x, n):
    h = 0.0
    for _ in range(n):
        h = np.sin(h + x)
    return h


def test_long_lines_are_wrapped() -> None:
    def f(x):
        some_long_name, another_long_name = x[0], x[1]
        return np.sin(some_long_name) * np.cos(another_long_name) + some_long_name * 2.0

    lines = str(explain(f, np.ones(2))).splitlines()
    assert max(line.find("|") for line in lines) <= 72


def test_the_examples_in_docstrings() -> None:
    for module in (explanation_module, latex):
        failed, tried = doctest.testmod(module)
        assert tried
        assert not failed


# what is explained --------------------------------------------------------------------------------


def test_arguments_are_optional() -> None:
    def f(x: float, w=2.0):
        return w * x * x

    gradient = srcgrad.grad(f)
    assert gradient.explain().source == gradient.source
    assert len(gradient.variants) == 0
    gradient(np.ones(3) @ np.ones(3), w=np.float32(3))
    assert gradient.explain().source == gradient.source


def test_the_latest_variant() -> None:
    gradient = srcgrad.grad(layers, argnums=(0, 1))
    gradient(*POINT)
    gradient(POINT[0], POINT[1], np.ones((1, 2)))
    assert gradient.explain().source == gradient.source
    assert gradient.explain(*POINT).source == gradient.variants[0].source


def test_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        print("running")
        return x * x

    str(explain(f, 2.0))
    assert "running" not in capsys.readouterr().out


def test_composed_derivatives_have_columns() -> None:
    explanation = srcgrad.hessian(lambda x: np.sum(x**3)).explain(np.ones(2))
    assert "explain those" in str(explanation)
    assert any(row.number for row in explanation.rows)


class Model:
    scale = 3.0

    def energy(self, x):
        return self.scale * x * x


def test_methods() -> None:
    gradient = srcgrad.grad(Model().energy)
    explanation = gradient.explain(2.0)
    assert "v1 = self.scale * x" in str(explanation)
    assert "x_bar += v1_bar * self.scale" in str(explanation["x"])
    gradient(2.0)
    assert gradient.explain().source == explanation.source


OFFSET = 2.0


def test_data_of_the_module() -> None:
    explanation = srcgrad.grad(lambda x: x * OFFSET, wrt="OFFSET").explain(3.0)
    assert "OFFSET_bar += result_bar * x" in str(explanation["OFFSET"])


def test_lines_and_names_that_are_not_there() -> None:
    explanation = explain(np_tanh, 1.0)
    first = inspect.getsourcelines(np_tanh)[1]
    with pytest.raises(ArgumentError, match=f"are on: {first + 1} to {first + 2}"):
        explanation.line(1)
    with pytest.raises(ArgumentError, match="its variables are h, x"):
        explanation["q"]


def test_in_a_notebook() -> None:
    html = explain(layers, *POINT)._repr_html_()
    assert r"$\displaystyle h_{\mathrm{bar}}" not in html
    assert r"\bar{v}_{2} \mathrel{+}= \bar{h} \cdot \left(1 - h \cdot h\right)" in html
    assert r"\frac{\partial y}{\partial x} = 1 - y \cdot y" in html
    assert html.count("<td") % 4 == 0
    assert "h**2 &lt;" not in html
