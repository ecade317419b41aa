"""Tables of claims in and out: headers, cells, claims of rows, files of every sort, round trips."""
