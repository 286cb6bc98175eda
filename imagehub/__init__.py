"""What every part of Deep Images Hub shares: vocabulary, settings, and access to its resources."""

__version__ = "0.1.0"
