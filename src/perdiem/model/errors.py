"""The three errors of perdiem; whatever stands in a claim is a row, never one of these."""

from __future__ import annotations


class PerdiemError(Exception):
    """An error a person can act on: where it is, what is wrong, what to do about it."""

    def __init__(self, where: str, what: str, do: str) -> None:
        super().__init__(f"{where}: {what}. {do}")
        self.where, self.what, self.do = where, what, do


class PolicyError(PerdiemError):
    """A policy, a case or a table of the code book cannot be used; its author must act."""


class FormatError(PerdiemError):
    """A file is not what it says it is, or cannot be read at all."""


class EngineError(PerdiemError):
    """The machine failed: memory, disk, or a ledger that does not balance."""
