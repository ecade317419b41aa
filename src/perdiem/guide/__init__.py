"""Floor ten: what a person reads before billing, drawn from the rules, the code book and the library's texts."""
