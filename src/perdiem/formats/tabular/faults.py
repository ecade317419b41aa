"""What the reader of tables says of a table, a row or a cell: what is wrong, why it matters, what to do.

A cell is named by its column and its shape, never by its value.
"""

from __future__ import annotations

import re

_SEND = "Correct it and read the table again."
_RUN = re.compile(r"(A{5,}|9{5,})")
_LONGEST_SHAPE = 16

# --- the table is refused ---

NO_EXCEL = (
    "Excel and OpenDocument tables need a reader that is not installed, so its claims are missing here. "
    "Run: pip install 'perdiem[excel]', or save the table as CSV."
)
DAMAGED = "This {what} is damaged, locked or not what it says, so no row of it can be read. Save it again, without a password."
NOT_TOLD = (
    "This is a table, but its header names {known} of the columns that claims need, so it is not read. Give it a header "
    "row (claim_id, code, units, from, charge ...), or name the columns: --columns code=NAME."
)
NO_HEADER = (
    "The file is not X12. It looks like a table, but no row above its lines names more than one of the columns that claims need. "
    "Give it a header row (claim_id, code, units, from, charge ...), or name the columns: --columns code=NAME."
)
MISSING = (
    "This is a table without a column for {missing}, so no claim of it can be judged. Its columns are {seen}. "
    "Add the column, or name the one that holds it: --columns {first}=NAME."
)
AMBIGUOUS = 'The columns {columns} may all be {field}, so the table is not read. Say which it is: --columns "{field}={first}".'
NO_SUCH_COLUMN = "No column is called {column} ({field}), so the table is not read. Its columns are {seen}. Name one of them."
TWICE_NAMED = "Two columns are called {column}, so it is not known which is {field}. Rename one of them."
NO_SUCH_SHEET = "The workbook has no sheet of that name, so nothing is read. Its sheets are {seen}. Name one with --sheet."
NO_ROWS = "The table holds no row below its header, so there are no claims in it. Check how it was made."
BAD_QUOTES = (
    "Row {row} opens a quotation mark that is not closed properly, so rows run together and none is read. "
    "Double the quotation marks inside cells, or export the table again."
)

# --- the table is read ---

NOT_UTF8 = "The text is not UTF-8; it is read as Windows-1252. Save it as UTF-8 if letters look wrong."
NO_MEMBER_COLUMN = "No column holds the member's id, so rules that look across claims cannot tell whose they are. Add member_id."
NO_PAYER_COLUMN = "No column names the payer, so no policy is chosen by payer. Add payer, or force a policy with --policy."
NO_MEMBER = "The claim has no member id, so rules that look across claims cannot tell whose it is. Add it."
NO_PAYER = "The claim names no payer, so no policy is chosen by payer. Add it."
DAY_FIRST = "Dates in {column} are read as day/month/year, because some have more than 12 in the first place. Prefer YYYY-MM-DD."
SCATTERED = (
    "Rows of one claim stand so far apart that {rows} rows are held at once, which takes memory. "
    "Sort the table by claim number to read it in less."
)
TOTALS = (
    "{count} rows have neither claim number nor code (this is the first): taken for totals or remarks, they are not judged. "
    "Check that no line is among them."
)
ONE_TOTAL = "This row has neither claim number nor code: taken for totals or a remark, it is not judged. Check that it is no line."
SAME_LINE = "Two rows of this claim have one line number, so answers name two lines alike. Number the lines apart."
PADDED_NDC = (
    "{count} NDCs in {column} (this is the first) lack leading zeros, as a spreadsheet leaves them; they are filled up to 11 "
    "digits. Format the column as text."
)
ONE_PADDED_NDC = (
    "The NDC in {column} lacks leading zeros, as a spreadsheet leaves it; it is filled up to 11 digits. Format the column as text."
)
SHORT_NDC = (
    "{count} NDCs in {column} (this is the first) have ten digits and no hyphens, so their form cannot be told; they are kept "
    "as billed. Write eleven digits, or the hyphens."
)
ONE_SHORT_NDC = (
    "The NDC in {column} has ten digits and no hyphens, so its form cannot be told; it is kept as billed. Write eleven digits, or "
    "the hyphens."
)

# --- the claim is set aside ---

NO_CLAIM_ID = f"The row has a code but no claim number, so it belongs to no claim; every row needs its own. {_SEND}"
LONG_CLAIM_ID = f"The claim number is longer than the 38 characters that X12 allows. {_SEND}"
OVERLONG = (
    "The row has more cells than the header, so its cells may stand in wrong columns: an unquoted separator, perhaps in an "
    f"amount. {_SEND}"
)
BACKWARD_SPAN = f"The last day of service lies before the first, so the line has no days. {_SEND}"
LONG_SPAN = f"The days of service run over more than two years; no line runs so long. {_SEND}"
MANY_MODIFIERS = f"The line has more than four modifiers. {_SEND}"

_CELLS = {
    "text": "a text without control characters of at most {most} characters",
    "key": "an id: a spreadsheet seems to have shortened it as a number, and its digits are lost",
    "code": "a procedure code",
    "units": "a number of at most three decimals, with a point",
    "charge": "an amount in dollars and cents, with a point",
    "line": "a line number",
    "modifiers": "modifiers of two characters, separated by a space",
    "date": "a date (YYYY-MM-DD, MM/DD/YYYY, YYYYMMDD) between 1900 and 2199",
    "mixed": "a date that can be told: the column mixes day first and month first",
}


def cell(column: str, kind: str, text: str, most: int = 80) -> str:
    """A cell that cannot be read: its column, what it should be, the shape of what it is."""
    return f"{column} is not {_CELLS[kind].format(most=most)}; its shape is {shape(text)}. {_SEND}"


def missing(column: str) -> str:
    """A cell that must not be empty."""
    return f"{column} is empty, so the line cannot be judged. {_SEND}"


def negative(column: str) -> str:
    """A number below zero."""
    return f"{column} is below zero, which neither charges nor units may be. {_SEND}"


def disagree(column: str, first: int, other: int) -> str:
    """Two rows of one claim that say different things of it."""
    return f"Rows {first} and {other} of this claim differ in {column}, which a claim has once. {_SEND}"


def shape(text: str) -> str:
    """What a text looks like, without what it says: A for a letter, 9 for a digit, short."""
    plain = "".join("A" if c.isalpha() else "9" if c.isdigit() else c if c in " .,-/:$()+%#" else "?" for c in text[:200])
    told = _RUN.sub(lambda found: found[0][0] * 3 + "…", plain)
    return told[:_LONGEST_SHAPE] + ("…" if len(told) > _LONGEST_SHAPE else "")
