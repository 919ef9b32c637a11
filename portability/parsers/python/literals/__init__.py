"""What a module's literals say: addresses, URL schemes, back ends by dotted name, variables that a platform sets.

A literal counts where code hands it on: in a call, an assignment, a dict, a default. Docstrings, messages that are
raised, logged or printed, and comparisons with a bare scheme do not (:mod:`.places`). :mod:`.wanted` tells by bytes
whether a file may hold any, and :mod:`.reading` what each says.
"""

from portability.parsers.python.literals.reading import literals
from portability.parsers.python.literals.wanted import Wanted, words_in_quotes

__all__ = ["Wanted", "literals", "words_in_quotes"]
