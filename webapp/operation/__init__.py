"""How the hub is doing: status, probes, figures, and the operator's page."""
