"""Results as figures in the house style; pages write the captions."""
