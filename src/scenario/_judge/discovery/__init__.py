"""Looking into evidence of which the judge is shown only an outline."""
