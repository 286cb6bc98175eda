"""The demo: a whole hub on this machine, fed by simulated phones, and every promise checked."""
