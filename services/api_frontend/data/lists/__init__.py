"""Which moments a list holds, in which order, and from where on."""
