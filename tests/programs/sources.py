"""The gradients of some of the programs, as they are stored beside: `python -m tests.programs`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import srcgrad

FOLDER = Path(__file__).parent / "stored"
STORED = {
    "layers": "network_loss",
    "gaussian_process": "nll",
    "portfolio": "negative_sharpe",
    "ray_tracer": "paraxial_focus",
    "robot_arm": "inverse_kinematics_loss",
    "estimator": "pipeline_error",
}
"""A loss of each program whose source is stored."""


def path_of(program: str) -> Path:
    return FOLDER / f"{program}.txt"


def generated(program: str) -> str:
    """The source of the gradient of a program's loss at its first example."""
    entries: list[tuple[Callable[..., Any], Callable[[], Any], Any]]
    entries = importlib.import_module(f"programs.{program}").ENTRIES
    loss, make_args, argnums = next(e for e in entries if e[0].__name__ == STORED[program])
    gradient = srcgrad.grad(loss, argnums)
    gradient(*make_args())
    return str(gradient.source)


def write() -> None:
    """Store the sources as they are generated now."""
    FOLDER.mkdir(exist_ok=True)
    for program in STORED:
        path_of(program).write_text(generated(program), encoding="utf-8")
