"""Names without number: sets of names whose size is a symbolic integer, so that what is proved holds for every size.

A name is an integer, and the size of the set that it is of is an integer constant N. A dict over all names is an array for each leaf of what it
holds, a set with names in it an array of truth values, and how many names make a condition true is compared with thresholds by quantifiers. Nothing
is abstracted: arithmetic on names and comparisons of them mean what Python means.
"""
