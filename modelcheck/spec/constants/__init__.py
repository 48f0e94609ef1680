"""Constants of a spec: which there are, what they may be, and how they are written as text."""
