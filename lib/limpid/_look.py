"""The decorator of every function that looks at memory."""

from _see import look

__all__ = ["look"]
