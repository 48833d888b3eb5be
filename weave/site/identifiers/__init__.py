"""The index of identifiers: every name of the kernel's source, C++, NASM and linker script in one.

A name is resolved by scope, never by its spelling alone: C++ by libclang, NASM by its own rules, and
the two meet where the linker makes them meet, at a symbol's linkage name.
"""

from identifiers.index import index
from identifiers.model import IdentifierError, Index, Place, Symbol, Use

__all__ = ["IdentifierError", "Index", "Place", "Symbol", "Use", "index"]
