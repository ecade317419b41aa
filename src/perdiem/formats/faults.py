"""What the 837P reader says of a claim: what is wrong, why it matters, what to do; never a word of the claim itself.

The first group keeps a claim from being read, the second is told while the claim is read.
"""

from __future__ import annotations

_SEND = "Correct it and send the claim again."
_HL = "Repair the HL segments and send the claim again."

# --- the claim is set aside ---

NO_CLAIM_ID = f"CLM01, the claim's number, is missing, so no answer could name the claim. {_SEND}"
LONG_CLAIM_ID = f"CLM01 is longer than X12 allows; separators may be damaged. {_SEND}"
NO_CLAIM_CHARGE = f"CLM02, the claim's charge, is missing or no amount in dollars and cents; it counts as 0 here. {_SEND}"
NEGATIVE_CLAIM_CHARGE = f"CLM02, the claim's charge, is below zero, which no charge may be. {_SEND}"
NO_SUBSCRIBER = f"No subscriber level (HL 22) stands above this claim, so its member and payer cannot be told. {_HL}"
LOST_LEVEL = "An HL above this claim is missing, doubled or unreadable, so its member, payer or provider cannot be told. " + _HL
TWO_PAYERS = f"Two payers (NM1*PR) stand above this claim, so its policy cannot be told. {_HL}"
OTHER_PARENT = (
    "HL02 above this claim names another parent than the level it stands under, so its member or provider cannot be told. " + _HL
)
NO_LINES = "The claim has no service line (SV1), so there is nothing to judge. Send it with its lines."
OTHER_LINES = (
    "The claim has only lines of an institutional or dental claim (SV2, SV3), though its guide says 837P. "
    "Send it as what it is, or with SV1 lines."
)
LOST_CLAIM = (
    "Diagnoses (HI) follow the lines of this claim: the CLM of a second claim seems lost, and the lines of two claims "
    "mixed. Repair the file and send both again."
)
CUT_SHORT = "The file ends inside this claim, so lines of it may be missing. Ask for the whole file."
OVERLONG = (
    "This segment is longer than any of an 837P: a terminator is probably lost, and segments are run together. "
    "Repair the file and send it again."
)
NO_LX = f"SV1 has no LX before it, so the line has no number to answer to. {_SEND}"
SECOND_SERVICE = f"A second SV1 follows one LX, so two services share one line. {_SEND}"
NO_SERVICE = f"LX has no SV1 after it: the line is empty, or has lost its service. {_SEND}"
NO_CODE = f"SV101 names no procedure code, so no rule can judge the line. {_SEND}"
LONG_CODE = f"The code in SV101 is longer than any code can be; separators may be damaged. {_SEND}"
NO_CHARGE = f"SV102, the line's charge, is missing or no amount in dollars and cents. {_SEND}"
NEGATIVE_CHARGE = f"SV102, the line's charge, is below zero, which no charge may be. {_SEND}"
NO_UNITS = f"SV104, the line's units, is missing or no number of at most three decimals, so nothing can be counted. {_SEND}"
NEGATIVE_UNITS = f"SV104, the line's units, is below zero; units taken back are no units. {_SEND}"
NO_QUANTITY = f"CTP04, the drug's quantity, is no number of at most three decimals, zero or above. {_SEND}"
NO_DATE = f"The line has no date of service (DTP 472), and a date of the whole claim does not stand for it. {_SEND}"
BAD_DATE = f"The date of service (DTP 472) is no D8 day or RD8 span between 1900 and 2199. {_SEND}"
BACKWARD_SPAN = f"The span of service (DTP 472) ends before it begins, so it has no days. {_SEND}"
LONG_SPAN = f"The span of service (DTP 472) is longer than two years; no line runs so long. {_SEND}"
TWO_DATES = f"Two different dates of service (DTP 472) stand on one line, so its days cannot be told. {_SEND}"

# --- the claim is read ---

OTHER_COMPONENT = (
    "The services of this set use another component separator than ISA16 names; it is read by the one they use. "
    "Ask the sender to name the right one."
)
SUM_DIFFERS = (
    "CLM02 is not the sum of the lines' charges (SV102): a line or an amount may be wrong. The lines are judged; "
    "compare them with the sender's."
)
NO_MEMBER = "The member has no id (NM109 of the subscriber), so rules that look across claims cannot tell whose it is. Add it."
NO_PATIENT = "The patient (HL 23) has no name (NM1*QC), so dependents of one member cannot be told apart. Add it."
NO_PAYER = "The claim names no payer (NM1*PR of the subscriber), so no policy is chosen by payer. Add it."
NO_TRAILER = "The file ends after this claim without SE; its lines add up to its charge: it is read. Ask for it whole."
BAD_PARENT = (
    "HL02 names no level that may stand above this one; the claims below are read as standing under the level before "
    "them. Compare the HL numbers with the sender's file."
)
SAME_LEVEL = "HL01 repeats a number of this set, so parents are ambiguous; the order of the HLs is followed."
BAD_BIRTH = "DMG02 is no date (D8); the birth date is left empty. Correct it where it must tell dependents apart."
SAME_LX = "LX01 repeats a line number of this claim, so answers name two lines alike. Number the lines from 1 up."
SKIPPED_LX = "LX01 is not the next line number of this claim: a line may be missing. It is read as numbered."
BAD_LX = "LX01 is no line number; the line is numbered by its place in the claim. Number the lines from 1 up."
SAME_DATE = "The date of service (DTP 472) stands twice on this line, alike; it is read once."
SECOND_DRUG = "A second LIN stands on this line; only the first drug of a line is read. Bill one drug a line."
BAD_OTHER_AMOUNT = "An amount of another payer is no amount in dollars and cents; it is left empty. Correct it."
