"""Edge: the team's page on this machine: Starlette, one vendored htmx file, and editions/QUARTER.yaml behind it."""
