"""An editor's view: what is open, judged as it is typed. ``server`` speaks the Language Server Protocol."""
