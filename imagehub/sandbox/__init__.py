"""Decoding of untrusted photos in a confined child process."""
