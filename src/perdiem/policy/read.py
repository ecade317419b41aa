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
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args, get_origin, get_type_hints

from perdiem.codes.book import LIBRARY
from perdiem.codes.releases import data_folder
from perdiem.edits import KINDS
from perdiem.edits.rule import EFFECTS, LINES, LINKS, LISTING, PAIRS, VALUES, Lines, Outcome, Rule
from perdiem.model.citation import Citation, Source
from perdiem.model.errors import PolicyError

Toml = Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """One version of one policy: its scope, code sets and rules in printed order.

    payer: empty for a policy that speaks beside others (they name it in ``beside``). on_request: it speaks only when asked
    for by id. until: its last day, where it ends without a later version. excerpt: only some sentences of the source are
    known, so it speaks only of the codes of ``lines_with``.
    sources: the texts that its citations name, the main one first.
    """

    id: str
    title: str
    payer: str
    version: str
    effective: date
    until: date | None
    sources: tuple[Source, ...]
    yields_to: tuple[str, ...]
    beside: tuple[str, ...]
    on_request: bool
    excerpt: bool
    note: str
    claims_with: tuple[str, ...]
    lines_with: tuple[str, ...]
    taxonomies: tuple[str, ...]
    paid_by_day: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    folder: Traversable
    fingerprint: str

    @property
    def source(self) -> str:
        """The key of the main source."""
        return self.sources[0].key

    @property
    def source_name(self) -> str:
        """The name of the main source."""
        return self.sources[0].name

    @property
    def drawn_from(self) -> str:
        """In words, what its rules were drawn from: the one text by its name, or several sources by their keys."""
        return self.source_name if len(self.sources) == 1 else f"drawn from {', '.join(source.key for source in self.sources)}"

    @property
    def source_sha256(self) -> str:
        """The hash of the copy of the main source that was read; empty where no copy was."""
        return self.sources[0].sha256

    @property
    def read_on(self) -> date:
        """The day a person last compared the file with its main source."""
        return self.sources[0].read

    @property
    def name(self) -> str:
        """``id@effective``, as findings name it."""
        return f"{self.id}@{self.effective.isoformat()}"


def read_policies(library: Traversable = LIBRARY, own: Traversable | None = None) -> list[Policy]:
    """Every policy version of the library and of the user's own data folder, by id and effective date.

    own: another folder in place of the user's. Raises PolicyError where two files hold one version.
    """
    found: dict[tuple[str, date], Policy] = {}
    for place in (library, data_folder() if own is None else own):
        for policy in map(read_policy, _files(place / "policies")):
            if found.setdefault((policy.id, policy.effective), policy) is not policy:
                raise PolicyError(policy.name, "stands in two files", "Remove one of them, or give it another id")
    return [found[key] for key in sorted(found)]


def _files(policies: Traversable) -> list[Any]:
    """The policy files of a place: ``<payer>/<policy>/<effective>.toml``; none where there is no such folder."""
    if not policies.is_dir():
        return []
    folders = [folder for payer in _folders(policies) for folder in _folders(payer)]
    return [file for folder in folders for file in _sorted(folder) if file.name.endswith(".toml") and file.name[:1].isdigit()]


def read_policy(file: Any) -> Policy:
    """One policy file; raises PolicyError for anything that is not as the schema says."""
    raw = file.read_bytes()
    where = "/".join(str(file).split("/")[-3:])
    try:
        toml = tomllib.loads(raw.decode("utf-8"))
        head, scope = toml["policy"], toml["scope"]
        texts = tuple(_source(source, where) for source in (head["source"], *head.get("also_sources", ())))
        copies = {text.key: bool(text.sha256) and not text.table for text in texts}
        if head.get("excerpt", False) != ("lines_with" in scope):
            raise PolicyError(where, "excerpt and lines_with go together", "An excerpt names the codes it speaks of")
        return Policy(
            id=head["id"],
            title=head["title"],
            payer=head.get("payer", ""),
            version=head["version"],
            effective=head["effective"],
            until=head.get("until"),
            sources=texts,
            yields_to=tuple(head.get("yields_to", ())),
            beside=tuple(head.get("beside", ())),
            on_request=head.get("on_request", False),
            excerpt=head.get("excerpt", False),
            note=head.get("note", ""),
            claims_with=tuple(scope["claims_with"]),
            lines_with=tuple(scope.get("lines_with", ())),
            taxonomies=tuple(scope.get("taxonomies", ())),
            paid_by_day=tuple(head.get("paid_by_day", ())),
            codes={name: tuple(terms) for name, terms in toml.get("codes", {}).items()},
            rules=tuple(_rule(rule, texts[0].key, copies, where) for rule in toml["rule"]),
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


def _source(toml: Toml, where: str) -> Source:
    try:
        return Source(toml["key"], toml["name"], toml.get("sha256", ""), toml["read"], toml.get("table", False))
    except KeyError as error:
        raise PolicyError(where, f"a source without {error}", "Give key, name, read and, where a copy was read, sha256") from error


def _rule(toml: Toml, source: str, copies: Mapping[str, bool], where: str) -> Rule:
    here = f"{where}, rule {toml.get('id', '(without id)')}"
    kind = KINDS.get(toml.get("kind", ""))
    if kind is None:
        raise PolicyError(here, f"no kind {toml.get('kind')!r}", f"Kinds are {', '.join(sorted(KINDS))}")
    if "cite" not in toml:
        raise PolicyError(here, "no citation, no rule", "Add cite = { section, line, words, fingerprint }")
    given: dict[str, Any] = {"id": toml["id"], "says": toml["says"], "cite": _citation(toml["cite"], source, copies, here)}
    given["also"] = tuple(_citation(place, source, copies, here) for place in toml.get("also", ()))
    given["outcomes"] = _outcomes(toml.get("outcome", {}), kind, here)
    hints, known = _hints(kind.kind), {f.name: f for f in fields(kind)}
    for name, value in toml.items():
        if name in ("id", "kind", "cite", "also", "outcome", "says"):
            continue
        if name not in known or name == "outcomes":
            options = ", ".join(sorted(set(known) - {"outcomes"}))
            raise PolicyError(here, f"{kind.kind} knows no {name!r}", f"It knows {options}")
        sort = known[name].metadata.get("as", "")
        given[name] = _field(sort, value, hints[name], f"{here}, {name}")
        under = set(known[name].metadata.get("under") or kind.ends)
        if sort == VALUES and not set(value) <= under:
            raise PolicyError(f"{here}, {name}", f"no list {min(set(value) - under)!r}", f"Lists are {', '.join(sorted(under))}")
    try:
        return kind(**given)
    except TypeError as error:
        raise PolicyError(here, str(error), "See the reference of the kind") from error


@cache
def _hints(kind: str) -> dict[str, Any]:
    """The types of a kind's fields, worked out once for all rules of it."""
    return get_type_hints(KINDS[kind])


def _citation(toml: Toml, source: str, copies: Mapping[str, bool], here: str) -> Citation:
    key = toml.get("source", source)
    if key not in copies:
        raise PolicyError(here, f"it cites {key}, which is no source of the policy", "Add it under [[policy.also_sources]]")
    if not copies[key]:
        return Citation(key, toml["section"])
    return Citation(key, toml["section"], toml["line"], toml["words"], toml["fingerprint"])


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
    if sort in (LINKS, LISTING):
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
