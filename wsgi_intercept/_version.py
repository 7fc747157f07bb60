"""The version, in one place; setup.py reads it."""

__version__ = '2.0.0.dev0'
