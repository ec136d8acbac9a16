"""A function and its derivative side by side, with the rules that were applied."""

from srcgrad.debug.explaining.explanation import Explanation, Rule, Step, Steps, explain

__all__ = ["Explanation", "Rule", "Step", "Steps", "explain"]
