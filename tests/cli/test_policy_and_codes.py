"""policy list, show, verify and codes show, search; and what verify says of texts that are not what was read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perdiem.codes.book import open_book
from perdiem.codes.search import search
from perdiem.codes.sets import CodeSets, names
from perdiem.model.citation import Citation
from perdiem.policy import citation as c
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.verify import verify

from .command import NO_SHARED, SHARED, perdiem

SOURCES = SHARED / "sources"
with_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason=NO_SHARED)

TEXT = """PLAIN GUIDE
of a payer that does not exist

1. Birds
A heron stands in the shallow water and waits.
It eats fish, “frogs” and, now
and then, a mouse.

2. Boats
A boat without oars drifts. It eats fish never.
"""


def cited(tokens: str, line: int) -> Citation:
    words = tuple(tokens.split())
    return Citation("000", "Birds", line, len(words), c.fingerprint(words))


@pytest.fixture
def text(tmp_path: Path) -> c.Text:
    (tmp_path / "000_guide.txt").write_text(TEXT, encoding="utf-8")
    return c.read_text(tmp_path / "000_guide.txt")


@pytest.mark.parametrize(
    ("tokens", "line", "standing"),
    [
        ("a heron stands in the shallow water", 5, "found"),
        ("it eats fish frogs and now and then a mouse", 6, "found"),  # over a wrap, past quotes and commas
        ("a heron stands in the shallow water", 4, "moved"),
        ("a heron stood in the shallow water", 5, "missing"),
        ("it eats fish", 6, "twice"),
        ("it eats fish never", 10, "found"),
    ],
)
def test_where_cited_words_stand(text: c.Text, tokens: str, line: int, standing: str) -> None:
    assert c.standing(text, cited(tokens, line)) == standing
    assert c.standing(None, cited(tokens, line)) == "unverified"


@pytest.mark.parametrize("change", [str.upper, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace(" ", "   "),
                                    lambda t: t.replace("“frogs”", '"frogs"')])  # fmt: skip
def test_what_does_not_matter_does_not_matter(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "g.txt").write_bytes(change(TEXT).encode())
    assert c.standing(c.read_text(tmp_path / "g.txt"), cited("it eats fish frogs and now and then a mouse", 6)) == "found"


def test_quoting_gives_the_readers_own_words(tmp_path: Path, text: c.Text) -> None:
    file = tmp_path / "000_guide.txt"
    assert c.quote(file, cited("eats fish frogs and now and then", 6)) == "eats fish, “frogs” and, now and then"
    assert c.quote(file, cited("a heron stood", 5)) is None
    assert c.quote(file, cited("it eats fish", 6)) is None


def test_no_words_can_be_read_from_a_citation() -> None:
    mark = cited("a heron stands in the shallow water", 5)
    assert "heron" not in repr(mark)


# ---------------------------------------------------------------- verify on the library's own policy


def cpcp019() -> Policy:
    return next(policy for policy in read_policies() if policy.id == "bcbstx-cpcp019")


def copy_of_the_source(folder: Path, change) -> Path:  # type: ignore[no-untyped-def]
    """A folder with a changed copy of the policy's text (kept under the test's own folder, never in the repository)."""
    policy = cpcp019()
    [file] = SOURCES.glob(f"{policy.source}_*.txt")
    (folder / file.name).write_bytes(change(file.read_bytes()))
    return folder


def standings(sources: Path | None) -> dict[str, int]:
    return verify(["bcbstx-cpcp019"], sources)[0].citations


@with_sources
def test_a_line_more_moves_every_citation(tmp_path: Path) -> None:
    assert set(standings(copy_of_the_source(tmp_path, lambda raw: b"A line of ours.\n" + raw))) == {"moved"}


@with_sources
def test_a_text_doubled_makes_every_citation_ambiguous(tmp_path: Path) -> None:
    assert set(standings(copy_of_the_source(tmp_path, lambda raw: raw + b"\n\n" + raw))) == {"twice"}


@with_sources
def test_a_changed_word_is_found_out(tmp_path: Path) -> None:
    """Each cited sentence with one word changed is missing, and the fault names its rule."""
    policy = cpcp019()
    rule = next(rule for rule in policy.rules if rule.id == "second-and-third-therapy")

    def change(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        lines[rule.cite.line - 1] = lines[rule.cite.line - 1].replace(b"SH", b"XX").replace(b"e", b"o")
        return b"\n".join(lines)

    verified = verify([policy.id], copy_of_the_source(tmp_path, change))[0]
    assert verified.citations["missing"] >= 1
    assert rule.id in {fault.rule for fault in verified.faults if "missing" in fault.what}
    assert not verified.sound


@with_sources
def test_the_changed_copy_is_told_by_the_command(tmp_path: Path) -> None:
    done = perdiem("policy", "verify", "--sources", copy_of_the_source(tmp_path, lambda raw: b"one more\n" + raw))
    assert done.status == 1
    assert "faulty" in done.out
    assert "is moved" in done.out
    assert "not the copy that was read" in done.out


@with_sources
def test_the_right_texts_verify() -> None:
    done = perdiem("policy", "verify", "--sources", SOURCES)
    assert done.status == 0, done.out
    assert "sound" in done.out
    assert "fault" not in done.out


def test_another_text_under_the_name_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "003_other.txt").write_text(TEXT)
    assert set(standings(tmp_path)) == {"missing"}


def test_without_the_texts_nothing_is_passed(tmp_path: Path) -> None:
    """An empty folder and no folder: unverified, never found; the command does not call that sound."""
    assert set(standings(None)) == {"unverified"}
    assert set(standings(tmp_path)) == {"unverified"}
    done = perdiem("policy", "verify")
    assert done.status == 0
    assert "unverified" in done.out
    assert "fault" not in done.out
    assert "sound" not in done.out


def test_a_folder_that_lacks_the_text_is_a_fault(tmp_path: Path) -> None:
    """Who names a folder means it: the command fails and says which names it looked for."""
    (tmp_path / "30_other.txt").write_text(TEXT)
    [policy] = [policy for policy in read_policies() if policy.id == "bcbstx-cpcp019"]
    done = perdiem("policy", "verify", policy.id, "--sources", tmp_path)
    said = " ".join(done.out.split())
    assert done.status == 1
    assert f"{policy.name} unverified; citations:" in said
    assert f"fault: the folder holds no text of source {policy.source}, so no citation of it was verified." in said
    assert f"a file named {policy.source} with any ending" in said
    assert f"begins with {policy.source}_" in said
    assert policy.source_sha256 in said
    assert "sound" not in said


def test_wrong_usage() -> None:
    for words in (
        ["verify", "no-such"],
        ["verify", "--sources", "nowhere"],
        ["show", "no-such"],
        ["show", "bcbstx-cpcp019#no-such"],
    ):
        done = perdiem("policy", *words)
        assert done.status == 2, words
        assert done.err.strip(), words


def test_list_and_show() -> None:
    listed = perdiem("policy", "list")
    assert "bcbstx-cpcp019" in listed.out
    assert "2024-04-22" in listed.out
    shown = perdiem("policy", "show", "bcbstx-cpcp019").out
    policy = cpcp019()
    for rule in policy.rules:
        assert f"\n{rule.id} " in shown, rule.id
    at = [shown.index(f"\n{rule.id} ") for rule in policy.rules]
    assert at == sorted(at), "printed order"
    one = perdiem("policy", "show", "bcbstx-cpcp019#drug-that-day").out
    assert "drug-that-day" in one
    assert "home-only" not in one


def test_list_by_payer_names_every_payer_of_the_pages() -> None:
    """The five that sources 000 and 002 name, each with what is loaded; none is an answer."""
    told = perdiem("policy", "list", "--payers").out
    at = [told.index(f"\n{name}  ") for name in ("Blue Cross Blue Shield", "Cigna", "UnitedHealthcare", "Medicare")]
    assert told.startswith("Aetna  none")
    assert at == sorted(at)
    for policy in read_policies():
        assert (policy.name in told) == bool(policy.payer), policy.name
    assert "\n  Cigna  none\n" in told
    assert "Nebraska  excerpt\n" in told
    assert "Texas  loaded\n" in told
    assert "unedited" in told


def test_codes() -> None:
    shown = perdiem("codes", "show", "s9500")
    assert shown.status == 0
    assert "S9500" in shown.out
    assert "source" in shown.out
    assert "ended" in perdiem("codes", "show", "J1170", "--on", "2025-06-01").out
    assert "ended" not in perdiem("codes", "show", "J1170", "--on", "2024-06-01").out
    assert perdiem("codes", "show", "Z9999").status == 2
    assert perdiem("codes", "show", "S9500", "--on", "yesterday").status == 2
    found = perdiem("codes", "search", "vancomycin")
    assert found.status == 0
    assert "J3370" in found.out
    nothing = perdiem("codes", "search", "xyzzy")
    assert (nothing.status, "nothing" in nothing.out) == (1, True)


def found(*words: str) -> set[str]:
    done = perdiem("codes", "search", *words, "--limit", "2000")
    return set(re.findall(r"^  (\w{5}) ", done.out, re.MULTILINE))


def test_codes_of_a_set_as_a_policy_writes_it() -> None:
    book = open_book()
    sets = CodeSets(book, {}, "test")
    for name in names(book):
        assert sorted(facts.code for facts in search(book, f"@{name}")) == sets.members(f"@{name}"), name
    assert found("@per diem") == found("@per", "diem") == set(sets.members("@per diem"))
    assert found("@PER", "DIEM", "hydration") == found("@therapy:hydration")
    assert found("@drug", "pump") < found("pump")
    assert found("@drug", "tpn") == {code for code in found("tpn") if book.codes[code].drug_line} != found("tpn")
    assert found("@drug", "@family:tpn") == found("@drug") & found("@family:tpn")
    assert perdiem("codes", "search", "@unknown").status == 1
    wrong = perdiem("codes", "search", "@drugs")
    assert (wrong.status, wrong.out) == (2, "")
    assert "the book has no set '@drugs'" in wrong.err
    assert "@drug." in wrong.err
    assert "@therapy:" in perdiem("codes", "search", "@").err
