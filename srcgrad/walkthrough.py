"""A function after each stage of the pipeline, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srcgrad.backend.show import show
from srcgrad.pipeline import start
from srcgrad.request import Request
from srcgrad.staging import Stages

RULE = 100


def show_stages(function: Any, arguments: Mapping[str, Any], request: Request) -> str:
    """The text of every stage, each under a heading that says what it did."""
    stages = start(function, arguments, request)
    return "\n".join(_heading(title) + text + "\n" for title, text in _texts(stages))


def _heading(title: str) -> str:
    return f"# {title} ".ljust(RULE, "-") + "\n"


def _texts(stages: Stages) -> Iterator[tuple[str, str]]:
    """The title and the text of each stage, which run one after the other here."""
    stages.lower()
    yield "lowered: one operation a statement", show(stages.lowered.params, stages.lowered.body)
    stages.infer()
    stages.analyse()
    params = [*stages.params, *(i.var for i in stages.externals.implicits.values())]
    yield "specialised to kinds; * is active", show(params, stages.primal, stages.activity)
    stages.differentiate()
    yield "adjoint", show(params, stages.body, stages.activity)
    stages.tidy()
    yield "adjoint, tidied", show(params, stages.body, stages.activity)
    yield "source", stages.load().source.rstrip("\n")
