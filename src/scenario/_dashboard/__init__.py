"""The red-team dashboard: one self-contained page over a folder of reports, written to a file or served."""
