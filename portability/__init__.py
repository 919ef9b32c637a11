"""portability: what ties cloud code to a hyperscaler, and what it would take to leave."""

__version__ = "0.1.0"
