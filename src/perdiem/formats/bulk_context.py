"""Carries the parties in force between the compiled pass and the split-based reader: bounds of texts here, texts there."""

from __future__ import annotations

import numpy as np

from perdiem.formats import bulk_names as n
from perdiem.formats import faults
from perdiem.formats.bulk_levels import Levels
from perdiem.formats.parties_837p import Firm, Parties, Person

ZONE = 1 << 17  # bytes before the window, for texts that came before it
_OTHER_LEVEL, _UNMATCHED = -1, -2
_DOUBTS = ("", faults.NO_SUBSCRIBER, faults.LOST_LEVEL, faults.TWO_PAYERS, faults.OTHER_PARENT)
_CODES = {"": 0, "20": 20, "22": 22, "23": 23}
_LEVELS = {code: level for level, code in _CODES.items()}

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
            parties.level = _LEVELS[number[n.LEVEL]]
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
    """The parties in the order of the numbers and texts that bulk_names gives them."""
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
