//! Sources: looking at a file, taking it into the project.
