"""What all pages that the product serves have in common: who is let in, and where they listen."""
