"""What people write:

YAML files to validated values, every problem at once as file:line:col.

`tree` reads a YAML file within bounds, `validate` puts a model over it, `yaml_file` changes its
text; `sources`, `stack`, `decisions` and `vocabulary` are the models of our files. `opml` trades
lists of feeds with other programs, `spreadsheet` reads a stack, `starter` is what a new workspace
begins with. Import the module that is needed: pydantic and ruamel.yaml take a tenth of a second.
"""
