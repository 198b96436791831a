"""What a person decides: params/*.yaml, typed and strict."""
