"""What a file is, and whether it is harmless, by its content alone. Knows no Django: it runs in a process of its own.

`inspect` gives the type of a file or raises Rejected with a code; the words for people are `portal.documents.rules`'.
"""

from .kinds import BY_NAME, TYPES, Rejected, inspect

__all__ = ["BY_NAME", "TYPES", "Rejected", "inspect"]
