"""The job `coverage`: count label sets by place, device, light and cluster."""
