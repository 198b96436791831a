"""What a person decides: params/*.yaml, typed and strict. Every reader raises ParamsError naming file and key."""
