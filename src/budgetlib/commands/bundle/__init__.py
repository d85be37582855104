"""A result with all it was made from in one archive, and the same made again by others to see whether it is equal.

In: tables and their originals; an archive. Out: an archive (a research object, RO-Crate 1.1); what differs.
Must not know: how pages are read, what a report shows.
"""
