"""Policy files to policies: TOML read strictly, each rule as an instance of its kind.

A file lives at ``library/policies/<payer>/<policy>/<effective>.toml``. Whatever is unknown, missing or of
the wrong type is a PolicyError that names the file, the rule and the remedy; nothing is guessed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args, get_origin, get_type_hints

from perdiem.codes.book import LIBRARY
from perdiem.edits import KINDS
from perdiem.edits.rule import EFFECTS, LINES, LINKS, PAIRS, VALUES, Lines, Outcome, Rule
from perdiem.model.citation import Citation
from perdiem.model.errors import PolicyError

Toml = Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """One version of one policy: its scope, code sets and rules in printed order."""

    id: str
    title: str
    payer: str
    version: str
    effective: date
    source: str
    source_name: str
    source_sha256: str
    read_on: date
    yields_to: tuple[str, ...]
    claims_with: tuple[str, ...]
    taxonomies: tuple[str, ...]
    paid_by_day: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    folder: Traversable
    fingerprint: str

    @property
    def name(self) -> str:
        """``id@effective``, as findings name it."""
        return f"{self.id}@{self.effective.isoformat()}"


def read_policies(library: Traversable = LIBRARY) -> list[Policy]:
    """Every policy version of the library, by id and effective date."""
    found = [
        read_policy(file)
        for payer in _folders(library / "policies")
        for folder in _folders(payer)
        for file in _sorted(folder)
        if file.name.endswith(".toml") and file.name[:1].isdigit()
    ]
    return sorted(found, key=lambda policy: (policy.id, policy.effective))


def read_policy(file: Any) -> Policy:
    """One policy file; raises PolicyError for anything that is not as the schema says."""
    raw = file.read_bytes()
    where = "/".join(str(file).split("/")[-3:])
    try:
        toml = tomllib.loads(raw.decode("utf-8"))
        head, source, scope = toml["policy"], toml["policy"]["source"], toml["scope"]
        return Policy(
            id=head["id"],
            title=head["title"],
            payer=head["payer"],
            version=head["version"],
            effective=head["effective"],
            source=source["key"],
            source_name=source["name"],
            source_sha256=source["sha256"],
            read_on=source["read"],
            yields_to=tuple(head.get("yields_to", ())),
            claims_with=tuple(scope["claims_with"]),
            taxonomies=tuple(scope.get("taxonomies", ())),
            paid_by_day=tuple(head["paid_by_day"]),
            codes={name: tuple(terms) for name, terms in toml.get("codes", {}).items()},
            rules=tuple(_rule(rule, source["key"], where) for rule in toml["rule"]),
            folder=file.parent,
            fingerprint="sha256:" + hashlib.sha256(raw).hexdigest(),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(where, f"not TOML: {error}", "Mend the line it names") from error
    except KeyError as error:
        raise PolicyError(where, f"{error} is missing", "See a policy of the library for the shape") from error


def _folders(place: Traversable) -> list[Traversable]:
    return [entry for entry in _sorted(place) if entry.is_dir()]


def _sorted(place: Traversable) -> list[Any]:
    return sorted(place.iterdir(), key=lambda entry: entry.name)


def _rule(toml: Toml, source: str, where: str) -> Rule:
    here = f"{where}, rule {toml.get('id', '(without id)')}"
    kind = KINDS.get(toml.get("kind", ""))
    if kind is None:
        raise PolicyError(here, f"no kind {toml.get('kind')!r}", f"Kinds are {', '.join(sorted(KINDS))}")
    if "cite" not in toml:
        raise PolicyError(here, "no citation, no rule", "Add cite = { section, line, words, fingerprint }")
    given: dict[str, Any] = {"id": toml["id"], "says": toml["says"], "cite": _citation(toml["cite"], source)}
    given["also"] = tuple(_citation(place, source) for place in toml.get("also", ()))
    given["outcomes"] = _outcomes(toml.get("outcome", {}), kind, here)
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}
    for name, value in toml.items():
        if name in ("id", "kind", "cite", "also", "outcome", "says"):
            continue
        if name not in known or name == "outcomes":
            options = ", ".join(sorted(set(known) - {"outcomes"}))
            raise PolicyError(here, f"{kind.kind} knows no {name!r}", f"It knows {options}")
        given[name] = _field(known[name].metadata.get("as", ""), value, hints[name], f"{here}, {name}")
    try:
        return kind(**given)
    except TypeError as error:
        raise PolicyError(here, str(error), "See the reference of the kind") from error


def _citation(toml: Toml, source: str) -> Citation:
    return Citation(toml.get("source", source), toml["section"], toml["line"], toml["words"], toml["fingerprint"])


def _outcomes(toml: Toml, kind: type[Rule], here: str) -> dict[str, Outcome]:
    answer = {}
    for name, row in toml.items():
        if name not in kind.ends:
            raise PolicyError(here, f"{kind.kind} has no outcome {name!r}", f"It has {', '.join(kind.ends)}")
        outcome = _outcome(row, f"{here}, outcome {name}")
        if "with_history" in row:
            outcome = replace(outcome, with_history=_outcome(row["with_history"], f"{here}, outcome {name} with history"))
        answer[name] = outcome
    if not answer:
        raise PolicyError(here, "a rule without outcomes does nothing", "Add [rule.outcome.<name>]")
    return answer


def _outcome(row: Toml, here: str) -> Outcome:
    given = {key: value for key, value in row.items() if key != "with_history"}
    try:
        outcome = Outcome(**{**given, "rarc": tuple(row.get("rarc", ()))})
    except TypeError as error:
        raise PolicyError(here, str(error), "Use effect, group, carc, rarc, message, fix, asks, with_history") from error
    if outcome.effect not in EFFECTS:
        raise PolicyError(here, f"no effect {outcome.effect!r}", f"Effects are {', '.join(EFFECTS)}")
    if outcome.effect == "deny" and not (outcome.group and outcome.carc):
        raise PolicyError(here, "a denial without group and carc", "Name both")
    if outcome.effect == "pend" and not outcome.asks:
        raise PolicyError(here, "a pend that asks nothing", "Say in asks what is needed")
    return outcome


def _field(sort: str, value: Any, hint: Any, here: str) -> Any:
    if sort == LINES:
        return tuple(_selectors(value, here))
    if sort == VALUES:
        return {outcome: tuple(allowed) for outcome, allowed in value.items()}
    if sort == LINKS:
        return tuple(value)
    if sort == PAIRS:
        return value if isinstance(value, str) else tuple((_terms(p["first"]), _terms(p["other"])) for p in value)
    options = get_args(hint) if get_origin(hint) is Literal else ()
    wanted = str if options else next((t for t in (bool, int, str, date) if hint is t or t in get_args(hint)), str)
    if not isinstance(value, wanted) or (options and value not in options):
        raise PolicyError(here, f"{value!r} is not allowed", f"Use {' or '.join(map(repr, options)) or wanted.__name__}")
    return value


def _selectors(value: Any, here: str) -> Iterator[Lines]:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        yield Lines(codes=_terms(value))
    elif isinstance(value, dict):
        try:
            given: dict[str, Any] = {k: v if k == "scope_by" else _terms(v) for k, v in value.items()}
            yield Lines(**given)
        except TypeError as error:
            options = ", ".join(f.name for f in fields(Lines))
            raise PolicyError(here, str(error), f"A selector knows {options}") from error
    elif isinstance(value, list):
        for part in value:
            yield from _selectors(part, here)
    else:
        raise PolicyError(here, f"{value!r} selects no lines", "Give a code set, a list of terms, or a table")


def _terms(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
