"""How others name things: DNS names, globs, kinds of operators, Python packages, folders of tests."""
