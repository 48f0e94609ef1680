"""Sequential objects: what each operation does when there is no concurrency."""
