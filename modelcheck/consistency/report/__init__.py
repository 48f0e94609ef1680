"""What is told of a checked history: text, explanations, diagrams, a page."""
