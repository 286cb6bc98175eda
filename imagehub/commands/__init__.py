"""The commands of `imagehub`, one a file; each parses, calls and prints.

Every module of a command's name has one `command`. `options` and `output` are what they share.
"""
