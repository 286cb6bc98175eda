"""The studio: photos of everyday things, modelled and rendered, so that they are the hub's own.

A development tool. What decides what a photo shows is pure; only what models and renders it needs
Blender's Python module (`make photos` installs it apart from the hub).
"""
