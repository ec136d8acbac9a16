"""Looking at derivatives: traces, findings, explanations, reports, and a stepper."""
