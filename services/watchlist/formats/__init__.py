"""Lists as their authorities and publishers give them out, read into actors: one file for each format."""
