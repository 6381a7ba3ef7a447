"""Mutabaa (متابعة): the follow-up service of the Oman Vision 2040 offices."""

__version__ = "0.1.0"
