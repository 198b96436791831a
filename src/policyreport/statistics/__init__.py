"""The statistics of METHODS: one module a method, plain values in, frozen results out."""
