"""A trace as one HTML file: code and gradient side by side, their values, and what was found."""

from srcgrad.debug.report.render import report_html, write_report

__all__ = ["report_html", "write_report"]
