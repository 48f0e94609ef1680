"""The graph of labelled steps in compressed rows, and its fair components, in native code."""
