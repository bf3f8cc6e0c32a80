"""What people write:

YAML files to validated values, every problem told at once as file:line:col; edits keep comments.

`tree` reads any YAML file within bounds, `validate` puts a model over it, `sources` is the model of
sources.yaml, `edit` changes that file by a few lines, `opml` trades lists of feeds with other
programs, `starter` is what a new workspace begins with. Import the module that is needed: pydantic
and ruamel.yaml take a tenth of a second.
"""
