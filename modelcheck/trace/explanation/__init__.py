"""Why a property is false, or nothing can happen: the parts of the spec's own code that decide it, with their values."""
