"""What Docent knows of languages: one module each, with resources and no logic."""
