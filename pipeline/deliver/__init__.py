"""What people get: tables, files, the picture in the terminal."""
