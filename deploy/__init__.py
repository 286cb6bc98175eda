"""How the hub runs: on one machine, in containers, on a cluster."""
