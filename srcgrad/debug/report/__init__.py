"""A trace as one HTML file: code and gradient side by side, their values, and what was found."""

from srcgrad.debug.report.render import report, report_html

__all__ = ["report", "report_html"]
