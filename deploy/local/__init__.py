"""The embedded hub: every part as a process of this machine."""
