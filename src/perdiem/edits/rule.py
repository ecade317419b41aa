"""What every kind of edit is made of: an author's schema, a stage, named outcomes and one static statement.

A kind is a frozen dataclass. Its fields are at once what an author may write in a policy, the columns of the
kind's table and the reference page; ``finds`` is the meaning: one statement over all rules of the kind. Three more
may spare it work: ``sift`` names beforehand the lines that can matter at all (the roles in ``unsifted`` are looked at
whole), ``settles`` finds what spans of days already show, ``opens`` keeps the lines left for ``finds`` to look at by
the day (table ``open_line``); where none are left, it does not run. ``meets`` says, by what was loaded alone, whether there
is anything to sift; ``reads`` names a given table without whose rows the kind finds nothing.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from datetime import date
from typing import Any, ClassVar

from perdiem.engine.embedded import Engine
from perdiem.model.citation import Citation

LINES, VALUES, PAIRS, LINKS, LISTING, SCALAR = "lines", "values", "pairs", "links", "listing", "scalar"


@dataclass(frozen=True)
class Lines:
    """One selector of service lines; every criterion given must hold, an empty one holds always.

    codes: terms of a code set. with_modifier: any of these is on the line. without_modifier: none is.
    routes_within: the code has routes, and all of them are listed. routes_with: one of them is. component: parts of parenteral
    nutrition, by product where the NDC names one. scope_by: how the claim came into scope, ``code`` or ``taxonomy``.
    """

    codes: tuple[str, ...] = ("@all",)
    with_modifier: tuple[str, ...] = ()
    without_modifier: tuple[str, ...] = ()
    routes_within: tuple[str, ...] = ()
    routes_with: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    scope_by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What follows when a rule ends in this way: an effect, its reason codes, and words for people.

    effect: ``deny`` | ``pend`` | ``advise`` | ``warn`` | ``pay``. message and fix are templates over
    {code}, {units}, {days}, {place}, {with}, {successor}, {start}, {end}, {value} (the identifier) and {wanted} (what a release
    says instead); asks is the question that a pend puts.
    """

    effect: str
    group: str = ""
    carc: str = ""
    rarc: tuple[str, ...] = ()
    message: str = ""
    fix: str = ""
    asks: str = ""
    with_history: Outcome | None = None


EFFECTS = ("deny", "pend", "advise", "warn", "pay")


def lines(**options: Any) -> Any:
    """A field that selects lines; ``on`` are the lines judged, any other name is a role of objects."""
    return field(metadata={"as": LINES}, **options)


def values(under: tuple[str, ...] = (), **options: Any) -> Any:
    """A field of listed values, each list under the outcome that it leads to, or under one of the names given."""
    return field(metadata={"as": VALUES, "under": under}, **options)


def pairs(**options: Any) -> Any:
    """A field that says which subject code goes with which object code."""
    return field(metadata={"as": PAIRS}, **options)


def links(**options: Any) -> Any:
    """A field that names other rules of the same policy."""
    return field(metadata={"as": LINKS}, **options)


def listing(table: str, **options: Any) -> Any:
    """A field that names imported releases by fingerprint; their rows for the codes at hand fill ``table``."""
    return field(metadata={"as": LISTING, "table": table}, **options)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The head of every rule; kinds add their own fields.

    since/until: days inside the policy's life, inclusive. unless: rules whose lines this rule leaves alone.
    """

    id: str
    cite: Citation
    says: str
    outcomes: dict[str, Outcome]
    also: tuple[Citation, ...] = ()
    reading: str = ""
    doubt: str = ""
    since: date | None = None
    until: date | None = None
    on: tuple[Lines, ...] = lines(default=(Lines(),))
    unless: tuple[str, ...] = links(default=())

    kind: ClassVar[str]
    stage: ClassVar[int]
    ends: ClassVar[dict[str, str]]
    finds: ClassVar[str]
    sift: ClassVar[str] = ""
    settles: ClassVar[str] = ""
    opens: ClassVar[str] = ""
    unsifted: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[str] = ""

    @classmethod
    def meets(cls, engine: Engine) -> bool:
        """Whether the tables given hold anything that a sift of this kind could leave in; asks no query."""
        return not cls.reads or engine.holds(cls.reads)

    @classmethod
    def looks(cls) -> bool:
        """Whether rules of this kind look at other lines than those judged."""
        return any(f.name != "on" for f in fields_as(cls, LINES))

    def __init_subclass__(cls, kind: str, stage: int) -> None:
        cls.kind, cls.stage = kind, stage
        KINDS[kind] = cls


KINDS: dict[str, type[Rule]] = {}

_HEAD = frozenset(f.name for f in fields(Rule))


def fields_as(kind: type[Rule], role: str) -> list[Field[Any]]:
    """The fields of a kind that are of one sort: lines, values, pairs, links, listing, or scalar (its own columns)."""
    if role == SCALAR:
        return [f for f in fields(kind) if "as" not in f.metadata and f.name not in _HEAD]
    return [f for f in fields(kind) if f.metadata.get("as") == role]
