"""Runs on ordinary objects that are not recorded, where what a run reads is worth no path of its own."""
