"""Source that runs without srcgrad."""

from __future__ import annotations

from srcgrad.cli import standalone
from support.shell import namespace


def test_standalone_leaves_clean_source_as_it_is() -> None:
    text = "import numpy as np\n\n\ndef f_grad(x):\n    return np.cos(x)\n"
    assert standalone(text) == text


def test_standalone_follows_helpers_and_aliases() -> None:
    text = "from srcgrad.runtime import product_of_others as other\n\n\nx = other([2.0, 3.0])\n"
    found = standalone(text)
    assert "def _as_rows(" in found
    assert list(namespace(found)["x"]) == [3.0, 2.0]
