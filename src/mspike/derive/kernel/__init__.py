"""The derivations as pure functions over one patient's slice of sorted columns.

Plain Python runs them on lists for one patient; a block compiles the very same source over arrays. So there are only
functions of numbers here: no classes, texts, exceptions, default arguments or keyword calls. Thresholds and switches
come in as `params`, since a user may set them. Days are `date.toordinal()`; codes and their words stand in `codes`.
"""
