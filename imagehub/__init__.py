"""The words, the settings and the doors that every part of Deep Images Hub shares."""

__version__ = "0.1.0"
