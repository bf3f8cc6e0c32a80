"""From an Edition to files: HTML, PDF, mail, data, and the index of all editions."""
