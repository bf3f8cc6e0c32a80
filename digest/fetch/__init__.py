"""Ask publishers, and read what comes back.

`http` asks servers, `read` turns answers into entries, `backfill` reaches back for what left a
feed's window, `mail` reads mailboxes and newsletters.
"""
