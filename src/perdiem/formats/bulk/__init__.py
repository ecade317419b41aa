"""The reader of large files: window by window, compiled where a claim is clean, in bounded memory."""

from perdiem.formats.bulk.chunks import read_bulk, read_chunks

__all__ = ["read_bulk", "read_chunks"]
