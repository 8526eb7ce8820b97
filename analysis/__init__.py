"""What answers mean: indices, standard errors, drivers, priorities."""
