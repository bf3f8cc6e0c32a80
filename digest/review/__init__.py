"""The team's page on this machine: Starlette and one vendored htmx file over editions/QUARTER.yaml."""
