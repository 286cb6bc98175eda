"""Operation: status, health probes, metrics, and the operator's page."""
