"""How staff pages write dates and times."""
