"""Read newsletters out of mailboxes."""
