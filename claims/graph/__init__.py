"""A case, or what lies around one claim, as nodes and edges."""
