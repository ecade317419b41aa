"""Tables in: CSV, Parquet and Excel with one service line a row, read into the same claim tables as 837P."""
