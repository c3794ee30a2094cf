"""The pages that belong to no one model: graph, comparison, dossier, timeline, review."""
