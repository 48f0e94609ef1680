"""What a search keeps on disk: the folder of its checkpoints, and the log of the runs that its trees are rebuilt from."""
