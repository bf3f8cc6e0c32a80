"""The team's page: Starlette and one vendored htmx file over editions/QUARTER.yaml."""
