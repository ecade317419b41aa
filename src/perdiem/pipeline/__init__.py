"""The one way through: read, judge, decide, answer, for one claim and for a year of them."""
