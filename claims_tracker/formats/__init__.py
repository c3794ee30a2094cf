"""How dates and times are written, by language; the product speaks English."""
