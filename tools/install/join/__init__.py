"""How machine B gets from machine A what the two share."""
