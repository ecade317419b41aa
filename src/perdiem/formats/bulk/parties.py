"""The parties in force: the compiled reading of what stands before claims, and their way to the split-based reader and back.

Each compiled function takes one segment, HL or of a party, and answers whether it was clean; only then does what it
changed count. To the pass texts are bounds, to the split-based reader they are texts; ``Context`` carries them over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from perdiem.formats import faults
from perdiem.formats.bulk import names as n
from perdiem.formats.bulk.compiled import BAD, code, day, inlined, level_number, part
from perdiem.formats.bulk.names import Levels
from perdiem.formats.parties_837p import Firm, Parties, Person

ZONE = 1 << 17  # bytes before the window, for texts that came before it
_OTHER_LEVEL, _UNMATCHED = -1, -2
_DOUBTS = ("", faults.NO_SUBSCRIBER, faults.LOST_LEVEL, faults.TWO_PAYERS, faults.OTHER_PARENT)
_CODES = {"": 0, "20": 20, "22": 22, "23": 23}
_WORDS = {number: word for word, number in _CODES.items()}

Array = Any
State = tuple[tuple[int, ...], tuple[str | None, ...]]


class Context:
    """The parties in force of one set, and the bytes that their texts lie in: a zone, then the window."""

    def __init__(self, size: int) -> None:
        self.buf = np.zeros(ZONE + size, np.uint8)
        self.number = np.zeros(n.PARTY_SIZE, np.int64)
        self.text = np.zeros((2, n.PARTY_TEXTS), np.int64)
        self.levels = Levels()
        self._used = 0  # bytes of the zone
        self._ahead = False  # the pass has gone on from what was last taken
        self._state: State | None = None  # what was last taken or given

    def forget(self) -> None:
        """A new set begins: what the pass knew is void."""
        self._ahead, self._state = False, None

    def window(self, data: bytes) -> None:
        """Takes the bytes of a new window; texts in force are moved out of the old one."""
        texts = [self.buf[a : a + length].tobytes() for a, length in self.text.T.tolist()]
        if ZONE + len(data) > len(self.buf):
            self.buf = np.zeros(ZONE + len(data), np.uint8)
        self.buf[ZONE : ZONE + len(data)] = np.frombuffer(data, np.uint8)
        self._used = 0
        self._put(texts)

    def lend(self, window: int) -> n.Parties:
        """What the pass reads and changes; the levels have room for the numbers of a window of so many bytes."""
        self._ahead = True
        return n.Parties(self.number, self.text, np.frombuffer(self.levels.room(window // 8 + 1), np.uint8))

    def give(self, parties: Parties) -> None:
        """Brings the parties of the split-based reader to those in force here, where the pass has run."""
        if not self._ahead:
            return
        self._ahead = False
        number = self.number.tolist()
        text = [self.buf[a : a + length].tobytes().decode("utf-8") or None for a, length in self.text.T.tolist()]
        if number[n.LEVEL] != _OTHER_LEVEL:
            parties.level = _WORDS[number[n.LEVEL]]
        parties.doubt = _DOUBTS[number[n.DOUBT]]
        for level, at in (("20", n.ABOVE_20), ("22", n.ABOVE_22)):
            if number[at] == -1:
                parties.above.pop(level, None)
            elif number[at] != _UNMATCHED:
                parties.above[level] = str(number[at])
        parties.levels = self.levels
        self.levels.top = number[n.TOP]
        parties.filing, parties.subscriber_relation, parties.patient_relation = text[: n.PAYER_QUALIFIER]
        parties.payer = Firm(text[n.PAYER_NAME], text[n.PAYER_QUALIFIER], text[n.PAYER_ID], None, bool(number[n.PAYER_NAMED]))
        name, qualifier, identity, taxonomy = text[n.PROVIDER_NAME : n.SET_NO]
        parties.provider = Firm(name, qualifier, identity, taxonomy, bool(number[n.PROVIDER_NAMED]))
        parties.subscriber = _person(text[n.SUBSCRIBER_LAST :], number[n.SUBSCRIBER_BIRTH], number[n.SUBSCRIBER_NAMED])
        parties.patient = _person(text[n.PATIENT_LAST :], number[n.PATIENT_BIRTH], number[n.PATIENT_NAMED])
        parties.described = (None, parties.subscriber, parties.patient)[number[n.PERSON]]
        self._state = _state(parties, self.levels, (text[n.SET_NO] or "", text[n.GUIDE] or ""))

    def take(self, parties: Parties, levels: Levels, names: tuple[str, str]) -> bool:
        """Brings the parties in force to those of the split-based reader, where it has read since; False for want of room."""
        if self._ahead:
            return True
        state = _state(parties, levels, names)
        if state == self._state:
            return True
        self._state, self.levels = None, levels
        if not self._put([(text or "").encode("utf-8") for text in state[1]]):
            return False
        self.number[:] = state[0]
        self._state = state
        return True

    def set_no(self) -> str:
        """ST02 of the set at hand."""
        start, length = self.text[:, n.SET_NO].tolist()
        return str(self.buf[start : start + length].tobytes(), "utf-8")

    def _put(self, texts: list[bytes]) -> bool:
        joined = b"".join(texts)
        if self._used + len(joined) > ZONE:
            return False
        at = self._used
        self._used += len(joined)
        self.buf[at : self._used] = np.frombuffer(joined, np.uint8)
        for column, text in enumerate(texts):
            self.text[0, column], self.text[1, column] = at, len(text)
            at += len(text)
        return True


def _person(text: list[str | None], birth: int, named: int) -> Person:
    last, first, number, sex = text[:4]
    return Person(last, first, number, None if birth == n.NO_BIRTH else birth, sex, bool(named))


def _state(parties: Parties, levels: Levels, names: tuple[str, str]) -> State:
    """The parties in the order of the numbers and texts that names.py gives them."""
    subscriber, patient, payer, provider = parties.subscriber, parties.patient, parties.payer, parties.provider
    described = parties.described
    numbers = (
        _CODES.get(parties.level, _OTHER_LEVEL),
        _DOUBTS.index(parties.doubt),
        n.NOBODY if described is None else n.SUBSCRIBER if described is subscriber else n.PATIENT,
        levels.top,
        _above(parties, levels, "20"),
        _above(parties, levels, "22"),
        int(any(True for _ in levels.irregular())),
        n.NO_BIRTH if subscriber.birth is None else subscriber.birth,
        n.NO_BIRTH if patient.birth is None else patient.birth,
        *(int(party.named) for party in (provider, payer, subscriber, patient)),
    )
    texts = (
        parties.filing, parties.subscriber_relation, parties.patient_relation, payer.qualifier, payer.number, payer.name,
        subscriber.last, subscriber.first, subscriber.number, subscriber.sex,
        patient.last, patient.first, patient.number, patient.sex,
        provider.name, provider.qualifier, provider.number, provider.taxonomy, *names,
    )  # fmt: skip
    return numbers, texts


def _above(parties: Parties, levels: Levels, level: str) -> int:
    number = parties.above.get(level)
    return -1 if number is None else levels.plain(number) or _UNMATCHED


@inlined
def keep(text: Array, at: int, bounds: tuple[int, int]) -> None:
    """Sets one text of the parties."""
    text[0, at] = bounds[0]
    text[1, at] = bounds[1] - bounds[0]


@inlined
def level(buf: Array, cuts: Array, k: int, parties: n.Parties, u: Array) -> bool:
    """HL whose number is new and greater than all, under the level in force."""
    number, text, levels = parties
    own = part(buf, cuts, k, 1)
    parent = part(buf, cuts, k, 2)
    kind = part(buf, cuts, k, 3)
    at, kind_code = level_number(buf, own[0], own[1]), code(buf, kind[0], kind[1])
    if number[n.BLOCKED] or at <= number[n.TOP] or at >= levels.size:
        return False
    if kind_code == n.L20:
        sort = 20
    elif kind_code == n.L22:
        sort = 22
    elif kind_code == n.L23:
        sort = 23
    else:
        return False
    if sort != 20:
        above = level_number(buf, parent[0], parent[1])
        wanted = number[n.ABOVE_20] if sort == 22 else number[n.ABOVE_22]
        if above == BAD or above != wanted or above > number[n.TOP] or levels[above] != (20 if sort == 22 else 22):
            return False
    number[n.LEVEL], number[n.PERSON] = sort, n.NOBODY
    number[n.PATIENT_NAMED], number[n.PATIENT_BIRTH] = 0, n.NO_BIRTH
    text[1, n.PATIENT_RELATION] = 0
    for i in range(n.PATIENT_LAST, n.PATIENT_SEX + 1):
        text[1, i] = 0
    if sort != 23:
        number[n.SUBSCRIBER_NAMED], number[n.SUBSCRIBER_BIRTH], number[n.PAYER_NAMED] = 0, n.NO_BIRTH, 0
        for i in range(n.SUBSCRIBER_SEX + 1):
            if i != n.PATIENT_RELATION:
                text[1, i] = 0
    if sort == 22:
        number[n.DOUBT], number[n.ABOVE_22] = n.NO_DOUBT, at
    elif sort == 20:
        number[n.DOUBT], number[n.ABOVE_20], number[n.ABOVE_22] = n.NO_SUBSCRIBER, at, -1
        number[n.PROVIDER_NAMED] = 0
        for i in range(n.PROVIDER_NAME, n.PROVIDER_TAXONOMY + 1):
            text[1, i] = 0
    levels[at] = sort
    number[n.TOP] = u[n.U_LEVEL] = at
    return True


@inlined
def party(buf: Array, cuts: Array, k: int, name: int, parties: n.Parties) -> bool:
    """SBR, PAT, PRV, NM1 or DMG before a claim."""
    number, text = parties.number, parties.text
    first = part(buf, cuts, k, 1)
    kind = code(buf, first[0], first[1])
    if name == n.NM1:
        return _name(buf, cuts, k, kind, number, text)
    if name == n.DMG:
        return _birth(buf, cuts, k, kind, number, text)
    if name == n.SBR:
        if number[n.LEVEL] != 22:
            return False
        keep(text, n.SUBSCRIBER_RELATION, part(buf, cuts, k, 2))
        keep(text, n.FILING, part(buf, cuts, k, 9))
    elif name == n.PAT:
        if number[n.LEVEL] == 23:
            keep(text, n.PATIENT_RELATION, first)
    elif kind == n.BI and number[n.LEVEL] != 22 and number[n.LEVEL] != 23:
        keep(text, n.PROVIDER_TAXONOMY, part(buf, cuts, k, 3))
    return True


@inlined
def _birth(buf: Array, cuts: Array, k: int, kind: int, number: Array, text: Array) -> bool:
    person = number[n.PERSON]
    if person == n.NOBODY:
        return True
    stated = part(buf, cuts, k, 2)
    value = day(buf, stated[0], stated[1]) if kind == n.D8 else BAD
    if value == BAD and stated[1] > stated[0]:
        return False
    birth = value if value != BAD else n.NO_BIRTH
    if person == n.SUBSCRIBER:
        number[n.SUBSCRIBER_BIRTH] = birth
        keep(text, n.SUBSCRIBER_SEX, part(buf, cuts, k, 3))
    else:
        number[n.PATIENT_BIRTH] = birth
        keep(text, n.PATIENT_SEX, part(buf, cuts, k, 3))
    return True


@inlined
def _name(buf: Array, cuts: Array, k: int, kind: int, number: Array, text: Array) -> bool:
    number[n.PERSON] = n.NOBODY
    if kind == n.IL:
        if number[n.LEVEL] != 22 or number[n.SUBSCRIBER_NAMED]:
            return False
        number[n.SUBSCRIBER_NAMED], number[n.PERSON], number[n.SUBSCRIBER_BIRTH] = 1, n.SUBSCRIBER, n.NO_BIRTH
        _named(buf, cuts, k, text, n.SUBSCRIBER_LAST)
    elif kind == n.QC:
        if number[n.PATIENT_NAMED]:
            return False
        number[n.PATIENT_NAMED], number[n.PERSON], number[n.PATIENT_BIRTH] = 1, n.PATIENT, n.NO_BIRTH
        _named(buf, cuts, k, text, n.PATIENT_LAST)
    elif kind == n.PR:
        if number[n.LEVEL] != 22 or number[n.PAYER_NAMED]:
            return False
        number[n.PAYER_NAMED] = 1
        keep(text, n.PAYER_NAME, part(buf, cuts, k, 3))
        keep(text, n.PAYER_QUALIFIER, part(buf, cuts, k, 8))
        keep(text, n.PAYER_ID, part(buf, cuts, k, 9))
    elif kind == n.E85:
        if number[n.PROVIDER_NAMED]:
            return False
        number[n.PROVIDER_NAMED] = 1
        keep(text, n.PROVIDER_NAME, part(buf, cuts, k, 3))
        keep(text, n.PROVIDER_QUALIFIER, part(buf, cuts, k, 8))
        keep(text, n.PROVIDER_NUMBER, part(buf, cuts, k, 9))
    return True


@inlined
def _named(buf: Array, cuts: Array, k: int, text: Array, at: int) -> None:
    keep(text, at, part(buf, cuts, k, 3))
    keep(text, at + 1, part(buf, cuts, k, 4))
    keep(text, at + 2, part(buf, cuts, k, 9))
    text[1, at + 3] = 0
