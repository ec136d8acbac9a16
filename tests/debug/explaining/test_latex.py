"""Python in LaTeX."""

from __future__ import annotations

import pytest

from srcgrad.debug.explaining.latex import latex, variable


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("a + b * c", r"a + b \cdot c"),
        ("(a + b) * c", r"\left(a + b\right) \cdot c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a - (b + c)", r"a - \left(b + c\right)"),
        ("-a * b", r"\left(-a\right) \cdot b"),
        ("-(a + b)", r"-\left(a + b\right)"),
        ("a / (b + 1)", r"\frac{a}{b + 1}"),
        ("(a * b) ** 2", r"{\left(a \cdot b\right)}^{2}"),
        ("a ** b ** 2", r"{a}^{{b}^{2}}"),
        ("(a / b) ** 2", r"{\left(\frac{a}{b}\right)}^{2}"),
        ("a @ w.T", r"a \, w^{\mathsf{T}}"),
        ("(a + b).T", r"\left(a + b\right)^{\mathsf{T}}"),
        ("np.sqrt(1 - x)", r"\sqrt{1 - x}"),
        ("np.exp(-x)", "e^{-x}"),
        ("np.abs(x)", r"\left|x\right|"),
        ("np.tanh(x)", r"\tanh\left(x\right)"),
        ("np.sum(z_bar, axis=0)", r"\operatorname{sum}\left(\bar{z}, \mathrm{axis}=0\right)"),
        ("(a > b) + 0.5 * (a == b)", r"[a > b] + 0.5 \cdot [a = b]"),
        ("x_bar[i - 1] += v3_bar", r"\bar{x}_{i - 1} \mathrel{+}= \bar{v}_{3}"),
        ("x_bar[1:] -= y_dot", r"\bar{x}_{1{:}} \mathrel{-}= \dot{y}"),
        ("x[:, None] * 2", r"\texttt{x[:, None]} \cdot 2"),
        ("h_bar[k][0] = 0.0", r"\texttt{h\_bar[k][0]} = 0.0"),
        ("q_bar.pop()", r"\texttt{q\_bar.pop()}"),
    ],
)
def test_latex(text: str, want: str) -> None:
    assert latex(text) == want


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("x", "x"),
        ("alpha", r"\alpha"),
        ("v12", "v_{12}"),
        ("loss", r"\mathrm{loss}"),
        ("x_old", r"x_{\mathrm{old}}"),
        ("w_0_1", "w_{0,1}"),
        ("x_bar", r"\bar{x}"),
        ("v12_bar", r"\bar{v}_{12}"),
        ("x_old_bar", r"\bar{x}_{\mathrm{old}}"),
        ("label_probabilities", r"\mathrm{label}_{\mathrm{probabilities}}"),
        ("_x", r"\mathrm{\_x}"),
    ],
)
def test_names(name: str, want: str) -> None:
    assert variable(name) == want
