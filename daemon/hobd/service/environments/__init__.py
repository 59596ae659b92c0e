"""The environments that hob knows: told of, repaired, removed."""
