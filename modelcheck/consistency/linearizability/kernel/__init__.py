"""The native search for an order of operations, and near-linear procedures where no value is written twice."""
