"""What a recap says: the whole stream as one curve, and its words."""
