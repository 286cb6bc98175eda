"""Decoding photos that anybody may have sent, where it can do no harm."""
