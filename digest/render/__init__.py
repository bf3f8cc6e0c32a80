"""Edition → files: what the templates need (view), the page (html), the paper (pdf), the data (data)."""
