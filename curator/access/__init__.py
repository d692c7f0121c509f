"""Who may come to the curator's pages."""
