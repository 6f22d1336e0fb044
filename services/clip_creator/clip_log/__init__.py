"""The topic `clips`: one record for each intent and each outcome."""
