"""The spec's code run under observation, and its runs made paths of decision trees."""
