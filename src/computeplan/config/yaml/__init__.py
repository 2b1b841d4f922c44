"""A config's text: YAML as plain data with places, comments, and data as YAML text."""
