"""The pages about the company's own stack."""
