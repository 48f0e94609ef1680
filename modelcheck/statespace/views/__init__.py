"""What an action sees in place of its containers."""
