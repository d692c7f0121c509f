"""How to cite a quote: notes, bibliography entries, reference managers, permalinks."""
