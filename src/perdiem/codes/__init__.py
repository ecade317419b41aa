"""The code book: what is known of codes as of a day, and sets of them by name, range and attribute."""
